import { because, NotFound, type Ref } from "@orrery/core"
import { Effect } from "effect"
import { find } from "../../objects/stored.ts"
import type { WireObject } from "../../objects/wire.ts"
import type { Manifest } from "../ComputeOptions.ts"
import { labelKeys } from "../names.ts"

/** A service's manifest as it is stored. */
export type LiveManifest = WireObject & Manifest

/** Where each kind that can run a service lies, in the order in which they are looked for. */
const places = {
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Service: "/apis/serving.knative.dev/v1/namespaces/NS/services",
  RayCluster: "/apis/ray.io/v1/namespaces/NS/rayclusters",
  PyTorchJob: "/apis/kubeflow.org/v1/namespaces/NS/pytorchjobs",
  TFJob: "/apis/kubeflow.org/v1/namespaces/NS/tfjobs",
  MXJob: "/apis/kubeflow.org/v1/namespaces/NS/mxjobs",
  XGBoostJob: "/apis/kubeflow.org/v1/namespaces/NS/xgboostjobs"
} as const

type Kind = keyof typeof places

const kinds = Object.keys(places) as ReadonlyArray<Kind>
const isKind = (kind: unknown): kind is Kind => kinds.some((known) => known === kind)

/** The namespace that a reference means. */
export const namespaceOf = ({ namespace = "default" }: Ref): string => namespace

const pathIn = (kind: Kind, ref: Ref): string =>
  `${places[kind].replace("NS", encodeURIComponent(namespaceOf(ref)))}/${encodeURIComponent(ref.name)}`

/** Where a manifest of a service goes; a kind that is not known goes nowhere. */
export const pathOf = (manifest: Manifest, ref: Ref): string | undefined =>
  isKind(manifest.kind) ? pathIn(manifest.kind, ref) : undefined

/** How a service is called in errors. */
export const subject = (operation: string, { name }: Ref) => ({ operation, kind: "service", name })

const isService = ({ metadata }: WireObject): boolean => metadata?.labels?.[labelKeys.service] !== undefined

/** A service's manifest and where it is, of whichever kind it is; kinds that the cluster does not know have none. */
export const findService = Effect.fnUntraced(function* (operation: string, ref: Ref) {
  for (const kind of kinds) {
    const path = pathIn(kind, ref)
    const manifest = yield* find<LiveManifest>({ ...subject(operation, ref), path })
    if (manifest !== undefined && isService(manifest)) return { path, manifest }
  }
  return yield* because(new NotFound({ backend: "kubernetes", operation, kind: "service", name: ref.name }))
})
