/** One request, as far as faults depend on it. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
}

/** A stream that stays open: a watch, or a log that is followed. */
export const isWatch = ({ query }: Asked): boolean => query.has("watch") && query.get("watch") !== "false"
export const isFollowed = ({ query }: Asked): boolean => query.get("follow") === "true"

/** The second and every later page of a list. */
export const isLaterPage = ({ query }: Asked): boolean => query.has("continue")

/** A request that changes something. */
export const isWrite = ({ method }: Asked): boolean => method !== "GET" && method !== "HEAD"

/** The request in a line, for records. */
export const lineOf = ({ method, path, query }: Asked): string =>
  `${method} ${path}${query.size === 0 ? "" : `?${decodeURIComponent(query.toString())}`}`
