"""From graph to member risk. The only room that imports torch."""

import warnings

# torch_geometric still calls what torch deprecates, as it is imported; nothing a user could act on
warnings.filterwarnings("ignore", category=FutureWarning, module=r"torch\.")
