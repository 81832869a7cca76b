"""How the simulator's clips are drawn, from the light and the land to the creatures.

Imports go one way. `palette`, `raster`, `noise` and `pen` know nothing of a scene; `sky`, `land`, `water`, `city`,
`deep`, `flow`, `lights` and `weather` paint with them. `creatures`, `aloft`, `animals`, `things` and `village` are
figures; `motifs` lists them, `actor` shows one, `cast` says who comes and how they move. `places` puts it all on a
`stage`.
"""
