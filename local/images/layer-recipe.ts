/** What one layer of an image holds, as data: the same recipe on the same inputs gives the same layer. */
export interface LayerRecipe {
  /** Debian packages, unpacked with all that they depend on and the layer below lacks. */
  readonly packages: readonly string[];
  /** Packages that are left out although something depends on them, with what only they need. */
  readonly assumed: readonly string[];
  /** Paths of packages that are left out, as patterns of GNU tar's --exclude. */
  readonly exclude: readonly string[];
  /** Files or whole directories of this machine; readable by everyone, owned by root. */
  readonly copies: readonly { readonly source: string; readonly target: string }[];
  readonly files: readonly { readonly path: string; readonly content: string; readonly mode: number }[];
  /** Symbolic links: path → target. */
  readonly links: Readonly<Record<string, string>>;
  /** Directories that a process of the image writes to. */
  readonly directories: readonly { readonly path: string; readonly owner: number; readonly mode: number }[];
  /** The account of the image's process beside root and nobody. */
  readonly user?: { readonly name: string; readonly id: number; readonly home: string };
}

const nothing: LayerRecipe = { packages: [], assumed: [], exclude: [], copies: [], files: [], links: {}, directories: [] };

/** Completes a recipe that names only what its layer holds. */
export function layerRecipe(parts: Partial<LayerRecipe>): LayerRecipe {
  return { ...nothing, ...parts };
}
