"""Running a sweep: here, in processes beside this one, or on a cluster."""
