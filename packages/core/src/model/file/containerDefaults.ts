import { Schema } from "effect"
import type { Container } from "../Container.ts"
import { ResourceRequirements } from "../Container.ts"
import { defaultTo } from "../defaultTo.ts"
import { parseImageName, printImageName } from "../ImageName.ts"
import { NonEmptyText } from "../NonEmptyText.ts"
import type { PodSpec } from "../Pod.ts"
import { kinds, none, type Resources } from "../Resources.ts"
import { Runtime } from "../Runtime.ts"
import { SecurityContext } from "../SecurityContext.ts"

/** What holds for every container of a file that does not say otherwise. */
export const ContainerSettings = Schema.Struct({
  /** What machines of the file's cluster run containers with. */
  runtime: Schema.optionalKey(Runtime),
  defaults: Schema.Struct({
    registry: Schema.optionalKey(NonEmptyText),
    pullPolicy: Schema.optionalKey(Schema.Literals(["Always", "IfNotPresent", "Never"])),
    securityContext: SecurityContext.pipe(defaultTo({}))
  }).pipe(defaultTo({})),
  resources: ResourceRequirements.pipe(defaultTo({}))
})
export type ContainerSettings = typeof ContainerSettings.Type

const withRegistry = (image: string, registry: string | undefined): string => {
  const name = parseImageName(image)
  if (registry === undefined || name._tag === "Failure" || name.success.registry !== undefined) return image
  return printImageName({ ...name.success, registry })
}

/** Kind by kind: a container that asks for nothing of a kind gets the default request and limit of that kind. */
const withResources = (own: ResourceRequirements, given: ResourceRequirements): ResourceRequirements => {
  const limits = own.limits ?? none
  const open = kinds.filter((kind) => own.requests[kind] === 0 && limits[kind] === 0)
  const fill = (amounts: Resources, defaults: Resources): Resources => ({
    ...amounts,
    ...Object.fromEntries(open.map((kind) => [kind, defaults[kind]]))
  })
  const filled = fill(limits, given.limits ?? none)
  return {
    requests: fill(own.requests, given.requests),
    ...(own.limits === undefined && kinds.every((kind) => filled[kind] === 0) ? {} : { limits: filled })
  }
}

const containerWith =
  ({ defaults, resources }: ContainerSettings) =>
  (container: Container): Container => {
    const pullPolicy = container.pullPolicy ?? defaults.pullPolicy
    const securityContext = { ...defaults.securityContext, ...container.securityContext }
    return {
      ...container,
      image: withRegistry(container.image, defaults.registry),
      resources: withResources(container.resources, resources),
      ...(pullPolicy === undefined ? {} : { pullPolicy }),
      ...(Object.keys(securityContext).length === 0 ? {} : { securityContext })
    }
  }

/** The pod with the file's settings where it leaves them open. Doing it twice is doing it once. */
export const podWith = (settings: ContainerSettings, pod: PodSpec): PodSpec => ({
  ...pod,
  containers: pod.containers.map(containerWith(settings)),
  initContainers: pod.initContainers.map(containerWith(settings)),
  ...(pod.sidecars === undefined ? {} : { sidecars: pod.sidecars.map(containerWith(settings)) })
})
