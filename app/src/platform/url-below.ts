/** A path below a URL that may have a path of its own: `api/v1/query` below `http://host/prometheus`. */
export function urlBelow(base: string, path: string): URL {
  return new URL(path.replace(/^\//, ""), base.endsWith("/") ? base : `${base}/`);
}
