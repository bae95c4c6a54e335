import {
  because,
  type ComputeError,
  Failed,
  Forbidden,
  InvalidInput,
  QuotaExceeded,
  TimedOut,
  Unauthenticated,
  Unavailable,
  Unclassified
} from "@orrery/core"

/** What of a failed tool we read. */
interface Fault {
  readonly message?: string
  readonly code?: string | number
  readonly killed?: boolean
  readonly stderr?: string
  readonly stdout?: string
}

/** Words of HTCondor's tools, and what they mean. The first that is found counts. */
const words: ReadonlyArray<readonly [pattern: RegExp, reason: (detail: string) => (at: At) => ComputeError]> = [
  [
    /MAX_JOBS_PER_OWNER|MAX_JOBS_PER_SUBMISSION|MAX_JOBS_SUBMITTED|exceeded.*limit/i,
    (detail) => (at) => because(new QuotaExceeded({ ...at, quota: detail }))
  ],
  [/AUTHENTICATE:\d+|Failed to authenticate/i, (detail) => (at) => because(new Unauthenticated({ ...at, detail }))],
  [
    /Permission denied|not authorized|UNAUTHORIZED|Failed to.*access/i,
    (detail) => (at) => because(new Forbidden({ ...at, detail }))
  ],
  [
    /couldn't (contact|locate|connect)|(can't|cannot|failed to|unable to) (find|locate|connect|contact|fetch)|Connection refused|communication error|timed? ?out|SECMAN:200\d|CEDAR:6001/i,
    (detail) => (at) => because(new Unavailable({ ...at, detail }))
  ],
  [
    /(parse|syntax) error|not a valid|invalid|Constraint.*error/i,
    (detail) => (at) => because(new InvalidInput({ ...at, problems: [{ path: at.operation, message: detail }] }))
  ]
]
interface At {
  readonly backend: string
  readonly operation: string
  readonly code?: string
}

/** Pure: one tool's failure in, one of our reasons out. */
export const classify = (operation: string, thrown: unknown): ComputeError => {
  const fault: Fault = typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) }
  const said = fault.stderr?.trim() || fault.stdout?.trim() || fault.message || "no words"
  // the tools explain at length, after an empty line, what may be wrong with an administrator's configuration
  const detail = (said.split(/\n\s*\n/)[0] ?? said).slice(0, 2000)
  const at: At = { backend: "htcondor", operation, ...(fault.code === undefined ? {} : { code: String(fault.code) }) }
  if (fault.code === "ENOENT")
    return because(
      new Failed({
        ...at,
        detail: `HTCondor's tool for ${operation} is not there: ${fault.message}`,
        hint: "install HTCondor's command line tools, or name their folder"
      })
    )
  if (fault.code === "EACCES") return because(new Forbidden({ ...at, detail }))
  if (fault.killed === true) return because(new TimedOut({ ...at, detail: `condor_${operation}`, afterMs: 60_000 }))
  const known = words.find(([pattern]) => pattern.test(said))
  return known === undefined ? because(new Unclassified({ ...at, detail })) : known[1](detail)(at)
}
