/**
 * Puts values in the place of a dashboard's variables: `$namespace`,
 * `${namespace}`, `$__rate_interval`. `$1` belongs to `label_replace`.
 *
 * @throws Error naming a variable that has no value
 */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_all, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? "";
    const value = values[name];
    if (value === undefined) throw new Error(`No value for the variable $${name} in: ${text}`);
    return value;
  });
}
