import { because, NotFound, type Ref } from "@orrery/core"
import { Effect } from "effect"
import { bear } from "../../objects/bear.ts"
import { pathOf } from "../../objects/paths.ts"
import { find } from "../../objects/stored.ts"
import type { WireObject } from "../../objects/wire.ts"
import type { Manifest } from "../ComputeOptions.ts"
import { labelKeys } from "../names.ts"

/** A service's manifest as it is stored. */
export type LiveManifest = WireObject & Manifest

/** Where each kind that can run a service lies, in the order in which they are looked for. */
const places = {
  Deployment: ["apps/v1", "deployments"],
  Service: ["serving.knative.dev/v1", "services"],
  RayCluster: ["ray.io/v1", "rayclusters"],
  PyTorchJob: ["kubeflow.org/v1", "pytorchjobs"],
  TFJob: ["kubeflow.org/v1", "tfjobs"],
  MXJob: ["kubeflow.org/v1", "mxjobs"],
  XGBoostJob: ["kubeflow.org/v1", "xgboostjobs"]
} as const

type Kind = keyof typeof places

const kinds = Object.keys(places) as ReadonlyArray<Kind>
const isKind = (kind: unknown): kind is Kind => kinds.some((known) => known === kind)

/** The namespace that a reference means. */
export const namespaceOf = ({ namespace = "default" }: Ref): string => namespace

const pathIn = (kind: Kind, ref: Ref): string => {
  const [apiVersion, plural] = places[kind]
  return pathOf(apiVersion, plural, { namespace: namespaceOf(ref), name: ref.name })
}

/** Where a manifest of a service goes; a kind that is not known goes nowhere. */
export const manifestPath = (manifest: Manifest, ref: Ref): string | undefined =>
  isKind(manifest.kind) ? pathIn(manifest.kind, ref) : undefined

/** How a service is called in errors. */
export const subject = (operation: string, { name }: Ref) => ({ operation, kind: "service", name })

const isService = ({ metadata }: WireObject): boolean => metadata?.labels?.[labelKeys.service] !== undefined

/** A service's manifest and where it is, of whichever kind it is; kinds that the cluster does not know have none. */
export const findService = Effect.fnUntraced(function* (operation: string, ref: Ref) {
  for (const kind of kinds) {
    const path = pathIn(kind, ref)
    const manifest = yield* bear(find<LiveManifest>({ ...subject(operation, ref), path }))
    if (manifest !== undefined && isService(manifest)) return { path, manifest }
  }
  return yield* because(new NotFound({ backend: "kubernetes", operation, kind: "service", name: ref.name }))
})
