"""The report as one PDF that is PDF/A-3a and PDF/UA-1, laid out by several processes.

    writer      the entry point
    batching    parts → jobs of a few pages                 (independent of the number of processes)
    layout_pool jobs → a bounded number of processes        layout, subset: run in them
    assembly    pieces → one file, written as they arrive   header_footer, used_fonts, metadata, file

The bytes depend on the document alone: not on the number of processes, the folder, or the machine's fonts.
This module imports nothing, because a layout process needs few of the others.
"""
