"""A smooth line through noisy losses that keeps up with them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REACH = 3
"""Standard deviations after which the kernel is cut off: what lies beyond weighs about a thousandth."""


def width(smoothing: float, points: int) -> float:
    """Return the kernel's standard deviation in points for a smoothing in [0, 1).

    s / (1 - s) is the mean age of what an exponential average with factor s remembers, so the slider feels as
    in other tools. A tenth of the points at most: ten losses must not become a straight line.
    """
    return min(smoothing / (1 - smoothing), points / 10)


def smooth(values: Floats, smoothing: float) -> Floats:
    """Return `values` (n,) smoothed by a local straight-line fit with Gaussian weights.

    An exponential average lags: on a falling loss its line runs above every point it stands for, and crosses
    a floor later than the losses do. A window centred on each point does not lag. Fitting a line in the
    window, not only a mean, keeps the first and the newest point unbiased on a slope as well (Cleveland 1979,
    "Robust locally weighted regression"). NaN in `values` has no weight, and stays NaN.
    """
    sigma = width(smoothing, len(values))
    if sigma < 0.3 or len(values) < 3:
        return values
    reach = int(np.ceil(REACH * sigma))
    offset = np.arange(-reach, reach + 1, dtype=np.float64)
    gauss = np.exp(-0.5 * (offset / sigma) ** 2)
    known = np.isfinite(values)
    if not known.any():
        return values
    # Around its own level and in units of its own spread, huge losses cancel and overflow nothing.
    level = values[known].mean()
    scale = np.abs(values[known] - level).max() or 1.0
    weighted = np.where(known, (values - level) / scale, 0.0)
    t = offset / sigma
    s0, s1, s2 = _moments(known.astype(np.float64), (gauss, gauss * t, gauss * t * t))
    m0, m1 = _moments(weighted, (gauss, gauss * t))
    spread = s0 * s2 - s1 * s1
    # Too few neighbours for a slope: their mean then.
    line = spread > 1e-9 * s0 * s0
    fitted = np.where(line, (s2 * m0 - s1 * m1) / np.where(line, spread, 1), m0 / np.maximum(s0, 1e-300))
    return np.where(known, fitted * scale + level, np.nan)


def _moments(values: Floats, kernels: tuple[Floats, ...]) -> list[Floats]:
    # sum over k of kernel[k] * values[i + k] for every i, by FFT: 5 direct sums of 2000 x 600 take 4 ms.
    reach = len(kernels[0]) // 2
    size = 1 << (len(values) + 2 * reach - 1).bit_length()
    spectrum = np.fft.rfft(values, size)
    found = []
    for kernel in kernels:
        product = np.fft.irfft(spectrum * np.fft.rfft(kernel[::-1], size), size)
        found.append(product[reach : reach + len(values)])
    return found
