import { Effect, Stream } from "effect"
import { apply } from "../objects/apply.ts"
import { mine } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { quotasPath } from "../objects/paths.ts"
import type { WireObject } from "../objects/wire.ts"
import { findOwned, removeOwned } from "./owned.ts"

type Quantities = Readonly<Record<string, string>>

/** How much the things of one namespace may ask for together, by Kubernetes' own names: `requests.cpu`, `pods`. */
export interface Quota {
  readonly namespace: string
  readonly name: string
  readonly hard: Quantities
}

/** A quota and what of it is taken. */
export interface QuotaStatus extends Quota {
  readonly used: Quantities
}

interface WireQuota extends WireObject {
  readonly spec?: { readonly hard?: Quantities }
  readonly status?: { readonly hard?: Quantities; readonly used?: Quantities }
}

const callOf = (operation: string, { name, namespace }: Pick<Quota, "name" | "namespace">) => ({
  operation,
  kind: "quota",
  name,
  path: quotasPath(namespace, name)
})

const toStatus = ({ metadata, spec, status }: WireQuota): QuotaStatus => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  hard: spec?.hard ?? {},
  used: status?.used ?? {}
})

/** All quotas of one namespace, or of all, whoever made them. */
export const quotas = Effect.fn("kubernetes.quotas")((namespace?: string) =>
  Stream.runCollect(
    list<WireQuota>({ operation: "quotas", kind: "quota", name: "", path: quotasPath(namespace) }).pipe(
      Stream.map(toStatus)
    )
  )
)

/** Makes a quota, or sets the limits of one of ours. Setting it twice is setting it once. */
export const setQuota = Effect.fn("kubernetes.setQuota")(function* (quota: Quota) {
  yield* findOwned(callOf("setQuota", quota))
  const { hard, name, namespace } = quota
  const body = {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name, namespace, labels: { [mine.key]: mine.value } },
    spec: { hard }
  }
  return toStatus(yield* apply<WireQuota>({ ...callOf("setQuota", quota), body }))
})

/** Takes a quota of ours away; success when it was gone already. */
export const removeQuota = Effect.fn("kubernetes.removeQuota")((quota: Pick<Quota, "name" | "namespace">) =>
  removeOwned(callOf("removeQuota", quota))
)
