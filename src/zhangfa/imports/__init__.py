"""Data from outside: opened, mapped, read, matched, accounted for (4.3).

    profile = load_profile("classicmodels")                      # mapping
    sources = open_sources(profile, find_files(folder))          # sources, reading
    known = Known(); known.add("customer", "name", names)        # what the tables hold already
    work = Import(profile, sources.readings, known)              # rows
    for item in work.rows():                                     # Row or RefusedRow, streaming
        ...
    work.account                                                 # counts, remarks, proposals

Nothing in here writes to a table: rows are applied by actions, step by step.
"""
