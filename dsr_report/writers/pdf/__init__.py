"""The report as one PDF that is PDF/A-3a and PDF/UA-1, laid out by several processes.

    writer      the whole of it
    batching    parts → jobs of a few pages                 (always the same, whoever lays them out)
    layout_pool jobs → processes, a bounded number          layout, subset: what runs in them
    assembly    pieces → one file, written as they come     header_footer, embedding, metadata, file

The bytes depend on the document alone: not on the number of processes, the folder, or the machine's fonts.
Nothing is imported here: a process that lays out needs little of it.
"""
