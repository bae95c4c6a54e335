import { because, Conflict, InvalidInput, NotFound, type Ref } from "@orrery/core"
import { Effect, Redacted, Stream } from "effect"
import { Client } from "../../Client.ts"
import { apply } from "../../objects/apply.ts"
import { isMine } from "../../objects/labels.ts"
import { list } from "../../objects/list.ts"
import { pathOf } from "../../objects/paths.ts"
import { find } from "../../objects/stored.ts"
import type { WireObject } from "../../objects/wire.ts"
import type { ComputeOptions, Manifest } from "../ComputeOptions.ts"
import { companionsOf, uploadsOf } from "../companions.ts"
import type { JsonObject } from "../Json.ts"
import { defaultLaunchTimeoutSeconds } from "../names.ts"
import { claimsOf } from "../podTemplate.ts"
import { readManifest } from "../readManifest.ts"
import { toManifest } from "../toManifest.ts"
import type { TrainingKind } from "../training.ts"
import { claimOf, sharedStorageClass, Volume } from "../Volume.ts"
import { awaitUp } from "./awaitUp.ts"
import { manifestPath, subject } from "./kinds.ts"

/** What a launch is to make, and how long it waits. */
export interface LaunchOptions {
  readonly training?: TrainingKind
  /** A node may still come for pods that fit none: false fails at once where none fits. */
  readonly nodesMayCome?: boolean
  /** False comes back as soon as all is stored. */
  readonly wait?: boolean
}

const core = (namespace: string, plural: string, name: string): string => pathOf("v1", plural, { namespace, name })

const at = { backend: "kubernetes", operation: "launch" } as const

/** A class of storage that many nodes may write at once, where one is needed and none was named. */
const withSharedClass = Effect.fnUntraced(function* (volume: Volume) {
  if (volume.accessMode !== "ReadWriteMany" || volume.storageClass !== undefined) return volume
  const classes = yield* Stream.runCollect(
    list<WireObject & JsonObject>({
      operation: "launch",
      kind: "storageclass",
      name: "",
      path: pathOf("storage.k8s.io/v1", "storageclasses")
    })
  )
  const storageClass = sharedStorageClass(classes)
  if (storageClass !== undefined) return { ...volume, storageClass }
  return yield* because(
    new InvalidInput({
      ...at,
      problems: [
        {
          path: `volumes.${volume.name}.accessMode`,
          message: "no storage class of this cluster lets many nodes write at once",
          remedy: "name one that does as storageClass, or use ReadWriteOnce"
        }
      ]
    })
  )
})

/** A volume that is to be there already, as its claim says it; one that is to be made, made where it is missing. */
const settled = Effect.fnUntraced(function* (volume: Volume, namespace: string) {
  const path = core(namespace, "persistentvolumeclaims", volume.name)
  const call = { operation: "launch", kind: "claim", name: volume.name }
  const claim = yield* find<WireObject & JsonObject>({ ...call, path })
  if (claim !== undefined) {
    const known = Volume.fromClaim({ ...claim, kind: "PersistentVolumeClaim" })
    return { ...volume, ...(volume.mountPath === undefined ? { mountPath: known?.mountPath } : {}) } as Volume
  }
  const wanted = claimOf(yield* withSharedClass(volume), namespace)
  if (wanted === undefined) return yield* because(new NotFound({ ...at, kind: "claim", name: volume.name }))
  const client = yield* Client
  yield* client.request({
    ...call,
    method: "POST",
    path: path.slice(0, path.lastIndexOf("/")),
    query: { fieldValidation: "Strict" },
    body: wanted
  })
  return volume
})

const store = Effect.fnUntraced(function* (ref: Ref, manifest: Manifest, path: string) {
  const there = yield* find<WireObject>({ ...subject("launch", ref), path })
  if (there === undefined || isMine(there)) return yield* apply({ ...subject("launch", ref), path, body: manifest })
  return yield* because(new Conflict({ ...at, kind: "service", name: ref.name, detail: "it exists and is not ours" }))
})

const plurals: Readonly<Record<string, string>> = {
  Service: "services",
  PersistentVolumeClaim: "persistentvolumeclaims"
}

/** Everything beside the service: secrets, which are sent and never told; addresses. Claims are there by now. */
const storeCompanions = Effect.fnUntraced(function* (options: ComputeOptions, namespace: string) {
  for (const hidden of uploadsOf(options)) {
    const secret = Redacted.value(hidden)
    const name = (secret.metadata as { readonly name: string }).name
    yield* apply({ operation: "launch", kind: "secret", name, path: core(namespace, "secrets", name), body: secret })
  }
  for (const companion of companionsOf(options)) {
    if (companion.kind !== "Service") continue
    const { name } = companion.metadata as { readonly name: string }
    const path = core(namespace, plurals.Service ?? "", name)
    yield* store({ name, namespace }, { ...companion }, path)
  }
})

/** Makes a service and all it needs, or brings it up to what is asked for, and waits until it answers. */
export const launch = Effect.fn("kubernetes.launch")(function* (
  asked: ComputeOptions,
  { nodesMayCome = true, training, wait = true }: LaunchOptions = {}
) {
  const namespace = asked.namespace ?? "default"
  const ref = { name: asked.name, namespace }
  // all that is wrong is told before anything is made
  yield* Effect.fromResult(toManifest(asked, training))
  const volumes = yield* Effect.forEach(claimsOf(asked), (volume) => settled(volume, namespace))
  const options = { ...asked, volumes }
  const manifest = yield* Effect.fromResult(toManifest(options, training))
  const path = manifestPath(manifest, ref)
  if (path === undefined)
    return yield* because(
      new InvalidInput({
        ...at,
        problems: [{ path: "serviceTemplate.kind", message: `${manifest.kind} is no kind that runs services` }]
      })
    )
  yield* storeCompanions(options, namespace)
  const stored = yield* store(ref, manifest, path)
  const timeoutMs = (options.launchTimeoutSeconds ?? defaultLaunchTimeoutSeconds) * 1000
  return readManifest(wait ? yield* awaitUp(ref, timeoutMs, nodesMayCome) : (stored as Manifest))
})
