/** One line that a container printed. */
export interface LogLine {
  readonly source: string
  readonly text: string
  readonly atMs?: number
}

/** Which lines are wanted. */
export interface LogOptions {
  /** Only the last so many lines of each source. */
  readonly tail?: number
  /** Go on as lines are written, until the thing ends. */
  readonly follow?: boolean
  /** Only lines not older than this. */
  readonly sinceMs?: number
  /** The run before the last restart. */
  readonly previous?: boolean
}
