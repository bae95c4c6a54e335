import { type Problem, parseImageName } from "@orrery/core"
import { Result } from "effect"
import { at, changedAt, type Json, type JsonObject, objectAt, type Path, textAt } from "./Json.ts"
import { endpointOf } from "./names.ts"
import { problem } from "./problemsOfPod.ts"
import { podTemplatePath } from "./readManifest.ts"

/** How a manifest that somebody else wrote is used. */
export interface BroughtOptions {
  /** Labels of the pods; left out, those of the manifest's own pods. */
  readonly selector?: Readonly<Record<string, string>>
  /** Where it answers; left out, its name inside the cluster. */
  readonly endpoint?: string
  /** Where its pods' template is, for kinds that are not known. */
  readonly podTemplatePath?: Path
  /** Runs instead of what the first container names. */
  readonly image?: string
}

/** Somebody's own manifest, ready to be used. Without a manifest its pods are only found, never made. */
export interface Brought {
  readonly manifest?: JsonObject
  readonly selector: Readonly<Record<string, string>>
  readonly endpoint?: string
}

const withImage = (manifest: JsonObject, path: Path, image: string): JsonObject =>
  changedAt(manifest, [...path, "spec", "containers", 0], (container) => ({
    ...objectAt(container, []),
    image
  })) as JsonObject

const textLabels = (labels: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []))
  )

/** Takes a manifest as it is, or only a selector of pods that are there already. */
export const fromManifest = (
  manifest: JsonObject | undefined,
  options: BroughtOptions = {}
): Result.Result<Brought, ReadonlyArray<Problem>> => {
  const path: Path = options.podTemplatePath ?? podTemplatePath(textAt(manifest, ["kind"]) ?? "")
  const selector =
    options.selector ?? textLabels(objectAt(manifest as Json | undefined, [...path, "metadata", "labels"]))
  const problems: Array<Problem> = []
  if (Object.keys(selector).length === 0)
    problems.push(problem("selector", "nothing says which pods are meant", "give a selector, or label the pods"))
  if (manifest !== undefined && at(manifest, [...path, "spec", "containers", 0]) === undefined)
    problems.push(problem("podTemplatePath", `no container below ${path.join(".")}`, "say where the pod template is"))
  const image = options.image === undefined ? undefined : parseImageName(options.image)
  if (image !== undefined && Result.isFailure(image))
    problems.push(problem("image", image.failure, "write registry/name:tag"))
  if (problems.length > 0) return Result.fail(problems)
  const name = textAt(manifest, ["metadata", "name"])
  const namespace = textAt(manifest, ["metadata", "namespace"]) ?? "default"
  const endpoint = options.endpoint ?? (name === undefined ? undefined : endpointOf({ name, namespace }))
  return Result.succeed({
    selector,
    ...(manifest === undefined
      ? {}
      : { manifest: options.image === undefined ? manifest : withImage(manifest, path, options.image) }),
    ...(endpoint === undefined ? {} : { endpoint })
  })
}
