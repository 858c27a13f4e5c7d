<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Banner</name>
    <message numerus="yes">
        <source>%n more</source>
        <comment>messages that wait under the one shown</comment>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlotTexts</name>
    <message numerus="yes">
        <source>%n more run(s)</source>
        <translation>
            <numerusform>%n more run</numerusform>
            <numerusform>%n more runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunTexts</name>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>%n minute ago</numerusform>
            <numerusform>%n minutes ago</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsBar</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of {total}</source>
        <comment>runs that a search leaves</comment>
        <translation>
            <numerusform>%n of {total}</numerusform>
            <numerusform>%n of {total}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsTab</name>
    <message numerus="yes">
        <source>%n run(s) at most can lie over the plot.</source>
        <translation>
            <numerusform>%n run at most can lie over the plot.</numerusform>
            <numerusform>%n runs at most can lie over the plot.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SweepTexts</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UndoLine</name>
    <message numerus="yes">
        <source>Deleted %n run(s).</source>
        <translation>
            <numerusform>Deleted %n run.</numerusform>
            <numerusform>Deleted %n runs.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WeightProof</name>
    <message numerus="yes">
        <source>trained for %n epoch(s)</source>
        <translation>
            <numerusform>trained for %n epoch</numerusform>
            <numerusform>trained for %n epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>same after %n epoch(s)</source>
        <translation>
            <numerusform>same after %n epoch</numerusform>
            <numerusform>same after %n epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>changed after %n epoch(s)!</source>
        <translation>
            <numerusform>changed after %n epoch!</numerusform>
            <numerusform>changed after %n epochs!</numerusform>
        </translation>
    </message>
</context>
</TS>
