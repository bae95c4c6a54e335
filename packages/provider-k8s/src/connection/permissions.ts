import type { ComputeError, Feature } from "@orrery/core"
import { Effect } from "effect"
import { Client } from "../Client.ts"
import { bear } from "../objects/bear.ts"
import type { K8sConfig } from "./kubeconfig.ts"

/** One verb on one kind of thing; without a namespace, in all of them or on things that have none. */
export interface Permission {
  readonly verb: string
  readonly group: string
  /** The plural, with a subresource after a slash: `pods/log`. */
  readonly resource: string
  readonly namespace?: string
}

/** A permission that somebody lacks, and what of ours will not work without it. */
export interface MissingPermission extends Permission {
  readonly features: ReadonlyArray<Feature>
}

type Scope = "namespace" | "everywhere"
type Need = readonly [feature: Feature, scope: Scope, group: string, resource: string, verbs: string]

/** What each feature asks of the API server. */
const needs: ReadonlyArray<Need> = [
  ["deployments", "namespace", "apps", "deployments", "get list create patch delete"],
  ["deployments", "namespace", "apps", "deployments/scale", "patch"],
  ["deployments", "namespace", "", "pods", "list"],
  ["rollback", "namespace", "apps", "replicasets", "list"],
  ["deploymentEvents", "namespace", "apps", "deployments", "watch"],
  ["deploymentEvents", "namespace", "", "pods", "watch"],
  ["logs", "namespace", "", "pods", "list"],
  ["logs", "namespace", "", "pods/log", "get"],
  ["logsFollow", "namespace", "", "pods", "get watch"],
  ["exec", "namespace", "", "pods", "get"],
  ["exec", "namespace", "", "pods/exec", "create"],
  ["portForward", "namespace", "", "pods", "get list"],
  ["portForward", "namespace", "", "pods/portforward", "create"],
  ["jobs", "namespace", "batch", "jobs", "get list create patch delete"],
  ["jobs", "namespace", "", "pods", "list"],
  ["jobEvents", "namespace", "batch", "jobs", "watch"],
  ["why", "namespace", "", "events", "list"],
  ["why", "everywhere", "", "nodes", "list"],
  ["why", "everywhere", "", "pods", "list"],
  ["nodeEvents", "everywhere", "", "nodes", "list watch"],
  ["cordon", "everywhere", "", "nodes", "get patch"],
  ["drain", "everywhere", "", "nodes", "patch"],
  ["drain", "everywhere", "", "pods", "list watch"],
  ["drain", "everywhere", "", "pods/eviction", "create"],
  ["capacity", "everywhere", "", "nodes", "list"],
  ["capacity", "everywhere", "", "pods", "list"],
  ["usage", "everywhere", "metrics.k8s.io", "nodes", "list"],
  ["usage", "everywhere", "metrics.k8s.io", "pods", "list"]
]

const wanted = (namespace: string): ReadonlyArray<MissingPermission> => {
  const found = new Map<string, MissingPermission>()
  for (const [feature, scope, group, resource, verbs] of needs)
    for (const verb of verbs.split(" ")) {
      const key = [scope, group, resource, verb].join(" ")
      const known = found.get(key)
      const place = scope === "namespace" ? { namespace } : {}
      const features = [...(known?.features ?? []), feature]
      found.set(key, { verb, group, resource, ...place, features: [...new Set(features)] })
    }
  return [...found.values()]
}

const subject = (name: string) => ({ operation: "preflight", kind: "access review", name })
const reviews = "/apis/authorization.k8s.io/v1"

interface Rule {
  readonly verbs: ReadonlyArray<string>
  readonly apiGroups?: ReadonlyArray<string>
  readonly resources?: ReadonlyArray<string>
  readonly resourceNames?: ReadonlyArray<string>
}

const covers = (said: ReadonlyArray<string> | undefined, one: string): boolean =>
  said?.some((it) => it === "*" || it === one) ?? false

const allows =
  ({ group, resource, verb }: Permission) =>
  (rule: Rule): boolean =>
    rule.resourceNames === undefined &&
    covers(rule.verbs, verb) &&
    covers(rule.apiGroups, group) &&
    covers(rule.resources, resource)

/** The rules that the server shows for one namespace. It need not show all. */
const rulesOf = Effect.fnUntraced(function* (namespace: string) {
  const client = yield* Client
  const review = yield* client.request<{ readonly status?: { readonly resourceRules?: ReadonlyArray<Rule> } }>({
    ...subject(namespace),
    method: "POST",
    path: `${reviews}/selfsubjectrulesreviews`,
    body: { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } }
  })
  return review.status?.resourceRules ?? []
})

const isAllowed = Effect.fnUntraced(function* ({ group, namespace, resource, verb }: Permission) {
  const client = yield* Client
  const [plural, subresource] = resource.split("/")
  const attributes = {
    group,
    verb,
    resource: plural,
    ...(subresource && { subresource }),
    ...(namespace && { namespace })
  }
  const review = yield* client.request<{ readonly status?: { readonly allowed?: boolean } }>({
    ...subject(resource),
    method: "POST",
    path: `${reviews}/selfsubjectaccessreviews`,
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: attributes }
    }
  })
  return review.status?.allowed === true
})

/** Which permissions of all that we may ever use are missing, before anything is done. */
export const missingPermissions = Effect.fn("kubernetes.preflight")(function* (namespace?: string) {
  const client = yield* Client
  const here = namespace ?? client.namespace
  const rules = yield* rulesOf(here)
  // rules of a namespace say nothing of the others, and those that are not shown may still hold: these are asked one by one
  const unsure = wanted(here).filter((one) => one.namespace === undefined || !rules.some(allows(one)))
  const answers = yield* Effect.forEach(unsure, (one) => bear(isAllowed(one)), { concurrency: 8 })
  return unsure.filter((_, index) => answers[index] === false)
})

/** One missing permission as a person reads it. */
export const sayMissing = ({ features, group, namespace, resource, verb }: MissingPermission): string =>
  `${verb} ${resource}${group === "" ? "" : `.${group}`} ${namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`}: needed for ${features.join(", ")}`

/** What these credentials will not be let do, by the feature that needs it. Changes nothing. */
export const preflight = (config: K8sConfig = {}): Effect.Effect<ReadonlyArray<MissingPermission>, ComputeError> =>
  missingPermissions(config.namespace).pipe(Effect.provide(Client.layer(config)))
