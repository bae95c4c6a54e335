import { because, type ComputeError, Failed } from "@orrery/core"
import type { WirePod } from "../objects/wire.ts"
import type { DrainOptions } from "./DrainOptions.ts"

const controllerOf = ({ metadata }: WirePod) => metadata?.ownerReferences?.find(({ controller }) => controller === true)

/** Pods that belong to the node itself come back wherever they are sent: they stay, as do those that are over. */
export const stays = (pod: WirePod): boolean =>
  pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined ||
  controllerOf(pod)?.kind === "DaemonSet" ||
  pod.status?.phase === "Succeeded" ||
  pod.status?.phase === "Failed"

/** A pod as people name it. */
export const nameOf = ({ metadata }: WirePod): string => `${metadata?.namespace}/${metadata?.name}`

const keepsData = ({ spec }: WirePod): boolean => spec?.volumes?.some(({ emptyDir }) => emptyDir != null) ?? false

const refusal = (pods: ReadonlyArray<WirePod>, what: string, hint: string) =>
  because(
    new Failed({
      backend: "kubernetes",
      operation: "nodes.drain",
      detail: `${what}: ${pods.map(nameOf).join(", ")}`,
      hint
    })
  )

/** Why these pods may not be made to leave so, if they may not. */
export const refusalOf = (
  pods: ReadonlyArray<WirePod>,
  { bare = "refuse", localData = "lose" }: DrainOptions
): ComputeError | undefined => {
  const lost = pods.filter((pod) => controllerOf(pod) === undefined)
  if (bare === "refuse" && lost.length > 0)
    return refusal(
      lost,
      "nobody would start these pods again",
      "delete them yourself, or run them as deployments or jobs"
    )
  const keeping = pods.filter(keepsData)
  return localData === "refuse" && keeping.length > 0
    ? refusal(keeping, "these pods keep data on the node", "save it elsewhere, or allow it to be lost")
    : undefined
}
