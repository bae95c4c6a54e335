import { wholeRequests } from "./contents.ts"
import { namespaceOf } from "./metadata.ts"
import type { limitRangeShape, runtimeClassShape } from "./objects.ts"
import type { PodSpec } from "./pod.ts"
import type { Read } from "./shape.ts"

type RuntimeClass = Read<typeof runtimeClassShape>
type LimitRange = Read<typeof limitRangeShape>
type Quantities = ReadonlyMap<string, bigint>
type Containers = NonNullable<PodSpec["containers"]>

interface Defaults {
  readonly limits: Quantities
  readonly requests: Quantities
}

const merged = (...maps: ReadonlyArray<Quantities | undefined>): Quantities =>
  new Map(maps.flatMap((one) => [...(one ?? [])]))

/** A default limit falls back on the largest, a default request on that and then on the smallest. */
const defaultsOf = ({ spec }: LimitRange): Defaults => {
  const limits = (spec?.limits ?? []).filter((one) => one.type === "Container")
  const whole = limits.map((one) => merged(one.max, one.default))
  return {
    limits: merged(...whole),
    requests: merged(...limits.map((one, at) => merged(one.min, whole[at], one.defaultRequest)))
  }
}

const withDefaults = (containers: Containers | undefined, { limits, requests }: Defaults): Containers =>
  (containers ?? []).map((one) => {
    const own = one.resources
    // What a container may use at most is also what it asks for, before anybody else's defaults are.
    const asked = merged(requests, own?.limits, own?.requests)
    return { ...one, resources: { ...own, limits: merged(limits, own?.limits), requests: asked } }
  })

/** What the API server writes into pods when they are made. */
export class Admission {
  readonly #runtimes = new Map<string, RuntimeClass>()
  readonly #limits = new Map<string, Defaults>()

  /** A runtime class. */
  addRuntimeClass(read: RuntimeClass): void {
    this.#runtimes.set(read.metadata.name ?? "", read)
  }

  /** A limit range; of two in a namespace the first has its way. */
  addLimitRange(read: LimitRange): void {
    const namespace = namespaceOf(read.metadata)
    const [before, added] = [this.#limits.get(namespace), defaultsOf(read)]
    this.#limits.set(namespace, {
      limits: merged(added.limits, before?.limits),
      requests: merged(added.requests, before?.requests)
    })
  }

  /** Whether the runtime class that a pod names is there. */
  knowsRuntime({ runtimeClassName }: PodSpec): boolean {
    return runtimeClassName === undefined || this.#runtimes.has(runtimeClassName)
  }

  /** The specification as it is stored. */
  admitted(spec: PodSpec, namespace: string): PodSpec {
    const limits = this.#limits.get(namespace)
    const bounded: PodSpec =
      limits === undefined
        ? spec
        : {
            ...spec,
            // What the whole pod may use at most is what it asks for, before its containers are given more.
            resources: spec.resources && { ...spec.resources, requests: wholeRequests(spec) },
            containers: withDefaults(spec.containers, limits),
            initContainers: withDefaults(spec.initContainers, limits)
          }
    const runtime = this.#runtimes.get(spec.runtimeClassName ?? "")
    if (runtime === undefined) return bounded
    const { overhead, scheduling } = runtime
    const selector = [...(spec.nodeSelector ?? []), ...(scheduling?.nodeSelector ?? [])]
    return {
      ...bounded,
      overhead: overhead?.podFixed ?? spec.overhead,
      nodeSelector: selector.length === 0 ? spec.nodeSelector : new Map(selector),
      tolerations: [...(spec.tolerations ?? []), ...(scheduling?.tolerations ?? [])]
    }
  }
}
