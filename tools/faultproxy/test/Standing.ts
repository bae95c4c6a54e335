import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { Clock, Effect } from "effect"

const kubectl = async (...args: ReadonlyArray<string>): Promise<string> =>
  (await promisify(execFile)(process.env.ORRERY_K8S_KUBECTL ?? "", args, { maxBuffer: 2 ** 26 })).stdout

interface Thing {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
  }
  readonly spec?: { readonly replicas?: number; readonly suspend?: boolean }
}

/** One thing without what differs from name to name. */
const shapeOf = ({ kind, metadata: { annotations = {}, labels = {} }, spec = {} }: Thing): string =>
  [
    kind,
    spec.replicas ?? "",
    spec.suspend ?? "",
    labels.version ?? "",
    annotations["deployment.kubernetes.io/revision"] ?? "",
    annotations["orrery/held"] ?? "",
    annotations["orrery/cancelled"] ?? ""
  ].join(" ")

const priorities = "priorityclasses.scheduling.k8s.io"

/** What stands in one namespace, looked at from outside with kubectl. */
export class Standing {
  readonly #namespace: string

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  async begin(): Promise<void> {
    await kubectl("create", "namespace", this.#namespace)
  }

  async end(): Promise<void> {
    await kubectl("delete", "namespace", this.#namespace, "--wait=false")
  }

  /** Everything that belongs to one deployment or job, as it is now; things on their way out do not count. */
  async #look(name: string): Promise<string> {
    const kinds = `deployments,replicasets,pods,jobs,${priorities}`
    const found = JSON.parse(await kubectl("get", kinds, "-n", this.#namespace, "-o", "json")) as {
      readonly items: ReadonlyArray<Thing>
    }
    const belongs = ({ metadata: { deletionTimestamp, labels = {}, name: its } }: Thing) =>
      deletionTimestamp === undefined &&
      (labels["orrery/deployment"] === name || labels["orrery/job"] === name || its.endsWith(name))
    return found.items.filter(belongs).map(shapeOf).toSorted().join("\n")
  }

  /** What there is once two looks, a moment apart, see the same. */
  settled(name: string): Effect.Effect<string> {
    const look = Effect.promise(() => this.#look(name))
    return Effect.gen(function* () {
      let before = yield* look
      while (true) {
        yield* Effect.sleep("500 millis")
        const now = yield* look
        if (now === before) return now
        before = now
      }
    })
  }

  /** Waits until it is so; fails with what there is instead. */
  becomes(name: string, wanted: string): Effect.Effect<void> {
    const look = Effect.promise(() => this.#look(name))
    return Effect.gen(function* () {
      const until = (yield* Clock.currentTimeMillis) + 90_000
      while ((yield* Clock.currentTimeMillis) < until) {
        if ((yield* look) === wanted) return
        yield* Effect.sleep("100 millis")
      }
      return yield* Effect.die(new Error(`${name} never came to be\n${wanted}\nbut is\n${yield* look}`))
    })
  }
}
