import { parseQuantity, printBytes } from "@orrery/core"
import { Effect, Result, Stream } from "effect"
import { apply } from "../objects/apply.ts"
import { mine } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { claimsPath, podsPath } from "../objects/paths.ts"
import { destroy } from "../objects/stored.ts"
import type { WireObject, WirePod } from "../objects/wire.ts"
import { findOwned } from "./owned.ts"

/** Storage of its own: it outlives the pods that mount it by its name. */
export interface VolumeClaim {
  readonly namespace: string
  readonly name: string
  readonly sizeBytes: number
  /** What makes it, by the cluster's own name: `fast-ssd`. The cluster's usual one where left out. */
  readonly storageClass?: string
  /** Whether pods on many nodes may write to it at once: only some classes can. */
  readonly shared?: boolean
}

/** A volume as it is: some are made once the first pod asks for them. */
export interface VolumeStatus extends VolumeClaim {
  readonly state: "waiting" | "ready" | "lost"
}

interface WireClaim extends WireObject {
  readonly spec?: {
    readonly accessModes?: ReadonlyArray<string>
    readonly storageClassName?: string
    readonly resources?: { readonly requests?: { readonly storage?: string } }
  }
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } }
}

type Named = Pick<VolumeClaim, "name" | "namespace">

const callOf = (operation: string, { name, namespace }: Named) => ({
  operation,
  kind: "volume",
  name,
  path: claimsPath(namespace, name)
})

const states: Readonly<Record<string, VolumeStatus["state"]>> = { Bound: "ready", Lost: "lost" }

const toStatus = ({ metadata, spec, status }: WireClaim): VolumeStatus => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  // one that is there may have become larger than was asked for
  sizeBytes: Result.getOrElse(
    parseQuantity(status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? "", 1),
    () => 0
  ),
  ...(spec?.storageClassName === undefined ? {} : { storageClass: spec.storageClassName }),
  shared: spec?.accessModes?.includes("ReadWriteMany") ?? false,
  state: states[status?.phase ?? ""] ?? "waiting"
})

/** All volumes of one namespace, or of all, whoever made them. */
export const volumes = Effect.fn("kubernetes.volumes")((namespace?: string) =>
  Stream.runCollect(
    list<WireClaim>({ operation: "volumes", kind: "volume", name: "", path: claimsPath(namespace) }).pipe(
      Stream.map(toStatus)
    )
  )
)

/** Makes a volume, or enlarges one of ours. Making it twice is making it once. */
export const createVolume = Effect.fn("kubernetes.createVolume")(function* (volume: VolumeClaim) {
  const { name, namespace, shared = false, sizeBytes, storageClass } = volume
  const call = callOf("createVolume", volume)
  yield* findOwned(call)
  const body = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace, labels: { [mine.key]: mine.value } },
    spec: {
      accessModes: [shared ? "ReadWriteMany" : "ReadWriteOnce"],
      resources: { requests: { storage: printBytes(sizeBytes) } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass })
    }
  }
  return toStatus(yield* apply<WireClaim>({ ...call, body }))
})

const usersOf = ({ name, namespace }: Named) =>
  Effect.map(
    Stream.runCollect(list<WirePod>({ operation: "deleteVolume", kind: "pod", name, path: podsPath(namespace) })),
    (pods) =>
      pods
        .filter(({ spec }) => spec?.volumes?.some((one) => one.persistentVolumeClaim?.claimName === name))
        .map(({ metadata }) => `pod ${metadata?.name ?? ""}`)
  )

/** Removes a volume of ours, once no pod uses it; success when it was gone already. */
export const deleteVolume = Effect.fn("kubernetes.deleteVolume")(function* (volume: Named) {
  const call = callOf("deleteVolume", volume)
  yield* findOwned(call)
  yield* destroy(call, { graceMs: 0, holders: usersOf(volume), companions: Effect.void })
})
