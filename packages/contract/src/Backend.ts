import type {
  Capabilities,
  ClusterManager,
  ComputeError,
  ContainerManager,
  Provider,
  Resources,
  Scheduler
} from "@orrery/core"
import type { Layer } from "effect"
import type { Foreign } from "./Foreign.ts"
import type { Exploration } from "./model/explore.ts"

/** How fast a backend is. Every wait of the contract is bounded by it. */
export interface Pace {
  /** How long something that was asked for may take until it shows. */
  readonly settleMs: number
  /** How often to look. */
  readonly pollMs: number
  /** The longest that one whole check may take. */
  readonly timeoutMs: number
}

/** What a set-up cannot show although its backend offers it: a node without a kubelet runs no process. */
export const abilities = {
  output: "keeps what programs print",
  exitCodes: "runs programs, and so ends with their exit codes",
  durations: "lets a program run until it ends by itself or is stopped",
  undisturbed: "lets no pod end and no node fall silent by itself",
  leases: "ends machines whose lease has run out",
  namespaces: "has a second namespace",
  foreign: "can plant things that are not ours"
} as const
export type Ability = keyof typeof abilities

/** Commands a container of the image understands. */
export interface Commands {
  /** Runs until it is stopped. */
  readonly forever: ReadonlyArray<string>
  /** Prints these lines and succeeds. */
  readonly prints: (...lines: ReadonlyArray<string>) => ReadonlyArray<string>
  /** Prints these lines and then runs until it is stopped. */
  readonly printsOn: (...lines: ReadonlyArray<string>) => ReadonlyArray<string>
  /** Ends with this exit code. */
  readonly exits: (code: number) => ReadonlyArray<string>
}

/** What checks ask for, so that one contract fits many backends. */
export interface Fixtures {
  /** Begins every name, so that two runs against one server do not meet. At most ten characters. */
  readonly prefix: string
  readonly provider: Provider
  readonly region?: string
  /** What pools are made of, best first. */
  readonly instanceTypes: readonly [string, ...ReadonlyArray<string>]
  readonly image: string
  /** A namespace that is there besides the connection's own. */
  readonly otherNamespace?: string
  /** What one pod asks for; a few dozen such pods must fit at once. */
  readonly requests: Resources
  readonly commands: Commands
  /** How many things a list is tried with; more than fit on the backend's page, where that can be set. */
  readonly listed: number
}

/** The services of a backend; one that is left out is not judged. One layer may stand for several. */
export interface Services {
  readonly clusters?: Layer.Layer<ClusterManager, ComputeError>
  readonly containers?: Layer.Layer<ContainerManager, ComputeError>
  readonly jobs?: Layer.Layer<Scheduler, ComputeError>
}

/** A backend as the contract sees it. */
export interface Backend {
  readonly name: string
  readonly services: Services
  readonly capabilities: Capabilities
  readonly pace: Pace
  readonly fixtures: Fixtures
  /** Things on the same backend that are not ours; give the same layer as the services where they share a world. */
  readonly foreign?: Layer.Layer<Foreign, ComputeError>
  /** Lists of random commands to try on each service, and from which seed; a few where left out. */
  readonly exploration?: Exploration
  /** What this set-up cannot show, each with the reason that is printed. */
  readonly lacks?: Partial<Record<Ability, string>>
}

/** Commands for any image with a POSIX shell. */
export const shellCommands: Commands = {
  forever: ["sh", "-c", "sleep 86400"],
  prints: (...lines) => ["sh", "-c", lines.map((line) => `echo ${line}`).join("; ")],
  printsOn: (...lines) => ["sh", "-c", [...lines.map((line) => `echo ${line}`), "sleep 86400"].join("; ")],
  exits: (code) => ["sh", "-c", `exit ${code}`]
}
