import type { Requirement } from "../selector.ts"
import { selects } from "../selector.ts"
import { limitsOf, wantedOf } from "./contents.ts"
import { metadataShape, namespaceOf } from "./metadata.ts"
import type { PodSpec } from "./pod.ts"
import { printQuantity } from "./quantity.ts"
import { isPodLevel, type Quantities } from "./requests.ts"
import { list, mapOf, oneOf, quantity, type Read, record, text } from "./shape.ts"

const scopeShape = oneOf("BestEffort", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating")
type Scope = Read<typeof scopeShape>

/** What all objects of a namespace may have together. */
export const quotaShape = record(
  {
    metadata: metadataShape,
    spec: record({
      hard: mapOf(quantity),
      scopes: list(scopeShape),
      scopeSelector: record({
        matchExpressions: list(
          record(
            {
              scopeName: scopeShape,
              operator: oneOf("In", "NotIn", "Exists", "DoesNotExist"),
              values: list(text)
            },
            { required: ["scopeName", "operator"] }
          )
        )
      })
    })
  },
  { required: ["metadata"], inert: ["apiVersion", "kind", "status"] }
)

/** A pod as the API server is asked to make it. */
export interface AskedPod {
  readonly name: string
  readonly namespace: string
  readonly spec: PodSpec
}

interface Quota {
  readonly name: string
  readonly hard: Quantities
  readonly used: Map<string, bigint>
  readonly covers: (spec: PodSpec) => boolean
}

const containersOf = (spec: PodSpec) => [...(spec.containers ?? []), ...(spec.initContainers ?? [])]

const computed = (quantities: Quantities | undefined): boolean =>
  ["cpu", "memory"].some((name) => (quantities?.get(name) ?? 0n) > 0n)

const isBestEffort = (spec: PodSpec): boolean =>
  [spec, ...containersOf(spec)].every(({ resources }) => !computed(resources?.requests) && !computed(resources?.limits))

const inScope = (spec: PodSpec, scope: Scope, expression: Omit<Requirement, "key">): boolean => {
  switch (scope) {
    case "BestEffort":
      return isBestEffort(spec)
    case "NotBestEffort":
      return !isBestEffort(spec)
    case "Terminating":
      return spec.activeDeadlineSeconds !== undefined
    case "NotTerminating":
      return spec.activeDeadlineSeconds === undefined
    case "PriorityClass": {
      const name = spec.priorityClassName ?? ""
      return selects([{ key: scope, ...expression }], new Map(name === "" ? [] : [[scope, name]]))
    }
  }
}

/** What a pod, or one of its containers, counts as under each name that a quota may give it. */
const usageOf = (requests: Quantities, limits: Quantities): Map<string, bigint> => {
  const usage = new Map<string, bigint>()
  for (const [name, milli] of requests) {
    if (["cpu", "memory", "ephemeral-storage"].includes(name) || name.startsWith("hugepages-")) usage.set(name, milli)
    usage.set(`requests.${name}`, milli)
  }
  for (const [name, milli] of limits) usage.set(`limits.${name}`, milli)
  return usage
}

const none: Quantities = new Map()
const byBytes = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
const toBeSaid = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"]

/** Which containers do not say what the quota is about, in the API server's words; a pod that says something as a whole need not. */
const unsaid = (spec: PodSpec, { hard, name: quota }: Quota): string | undefined => {
  const whole = [...(spec.resources?.requests?.keys() ?? []), ...(spec.resources?.limits?.keys() ?? [])]
  if (whole.some(isPodLevel)) return undefined
  const missing = toBeSaid.flatMap((name) => {
    if (!hard.has(name)) return []
    const silent = containersOf(spec).filter(({ resources }) => {
      const [limits, requests] = [resources?.limits ?? none, resources?.requests ?? none]
      return !usageOf(new Map([...limits, ...requests]), limits).has(name)
    })
    const names = [...new Set(silent.map((one) => one.name ?? ""))].sort(byBytes)
    return names.length === 0 ? [] : [`${name} for: ${names.join(",")}`]
  })
  return missing.length === 0 ? undefined : `failed quota: ${quota}: must specify ${missing.join("; ")}`
}

const printed = (names: ReadonlyArray<string>, of: Quantities): string =>
  names.map((name) => `${name}=${printQuantity(of.get(name) ?? 0n)}`).join(",")

const exceeded = (usage: Quantities, { hard, name: quota, used }: Quota): string | undefined => {
  const over = [...hard.keys()]
    .filter((name) => usage.has(name) && (used.get(name) ?? 0n) + (usage.get(name) ?? 0n) > (hard.get(name) ?? 0n))
    .sort(byBytes)
  if (over.length === 0) return undefined
  const figures = `requested: ${printed(over, usage)}, used: ${printed(over, used)}, limited: ${printed(over, hard)}`
  return `exceeded quota: ${quota}, ${figures}`
}

/** What namespaces may still have: pods beyond that are never made. */
export class Quotas {
  readonly #byNamespace = new Map<string, Array<Quota>>()

  /** A quota. */
  add({ metadata, spec }: Read<typeof quotaShape>): void {
    const expressions = [
      ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" as const, values: [] })),
      ...(spec?.scopeSelector?.matchExpressions ?? [])
    ]
    const quota: Quota = {
      name: metadata.name ?? "",
      hard: spec?.hard ?? new Map(),
      used: new Map(),
      covers: (pod) =>
        expressions.every(({ scopeName, operator, values }) =>
          inScope(pod, scopeName, { operator, values: values ?? [] })
        )
    }
    const namespace = namespaceOf(metadata)
    this.#byNamespace.set(
      namespace,
      [...(this.#byNamespace.get(namespace) ?? []), quota].sort((left, right) => byBytes(left.name, right.name))
    )
  }

  /** Counts a pod that is there. */
  charge(pod: AskedPod): void {
    this.#charge(this.#covering(pod), pod)
  }

  /** Why a pod may not be made, in the API server's words; one that may be is counted. */
  refusal(pod: AskedPod): string | undefined {
    const quotas = this.#covering(pod)
    if (quotas.length === 0) return undefined
    const usage = podUsage(pod)
    const [why] = [
      ...quotas.flatMap((one) => unsaid(pod.spec, one) ?? []),
      ...quotas.flatMap((one) => exceeded(usage, one) ?? [])
    ]
    if (why !== undefined) return `pods "${pod.name}" is forbidden: ${why}`
    this.#charge(quotas, pod)
    return undefined
  }

  #covering({ namespace, spec }: AskedPod): ReadonlyArray<Quota> {
    return (this.#byNamespace.get(namespace) ?? []).filter((one) => one.covers(spec))
  }

  #charge(quotas: ReadonlyArray<Quota>, pod: AskedPod): void {
    if (quotas.length === 0) return
    const usage = podUsage(pod)
    for (const { used } of quotas) for (const [name, milli] of usage) used.set(name, (used.get(name) ?? 0n) + milli)
  }
}

const podUsage = ({ spec }: AskedPod): Quantities =>
  new Map([...usageOf(wantedOf(spec), limitsOf(spec)), ["pods", 1000n], ["count/pods", 1000n]])
