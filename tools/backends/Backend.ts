/** Words that follow a start's flags: `--without kwok --without etcd` is `{ without: ["kwok", "etcd"] }`. */
export type Options = Readonly<Record<string, ReadonlyArray<string>>>

/** What a started server tells its users: where it listens, and the environment its tests need. */
export interface Running {
  readonly endpoint: string
  readonly env: Readonly<Record<string, string>>
}

/** Says one line of progress. */
export type Report = (line: string) => void

/** A real server that tests run against. Each keeps all it has in a state directory of its own, so several run side by side. */
export interface Backend {
  readonly name: string
  readonly about: string
  /** The flags that `start` takes, each with one line of help. */
  readonly options: Readonly<Record<string, string>>
  /** The process whose end is the server's end. */
  readonly main: string
  /** What this machine lacks to build or run it, or nothing. */
  readonly lacks: () => Promise<string | undefined>
  /** Compiles or downloads what a start needs, once, into the cache. */
  readonly build: (report: Report) => Promise<void>
  /** Starts it on the loopback and comes back when it answers. */
  readonly start: (state: string, options: Options) => Promise<Running>
  /** What is wrong with a started server, or nothing. */
  readonly health: (state: string) => Promise<string | undefined>
  /** Ends it and all that it started. Harmless when it is gone already. */
  readonly stop: (state: string) => Promise<void>
}
