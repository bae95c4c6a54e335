import type { ContainerManager, Deployment } from "@orrery/core"
import { Effect } from "effect"
import * as fc from "fast-check"
import { availableWith } from "../deployments/looks.ts"
import { expectRefusal, expectSame } from "../expect.ts"
import type { Given } from "../Rule.ts"
import { deploymentOf } from "../specs.ts"
import type { Model } from "./Model.ts"

type DeploymentCommand =
  | { readonly do: "create"; readonly deployment: number; readonly replicas: number }
  | { readonly do: "scale"; readonly deployment: number; readonly replicas: number }
  | { readonly do: "update"; readonly deployment: number; readonly note: string }
  | { readonly do: "delete"; readonly deployment: number }

interface Wanted {
  readonly replicas: number
  readonly note: string
}
type Deployments = ReadonlyMap<number, Wanted>

const keys = [0, 1]
const deployment = fc.constantFrom(...keys)
const firstNote = "first"

const templateOf = (given: Given, name: string, note: string): Deployment["template"] => {
  const { template } = deploymentOf(given, name)
  return { ...template, labels: { ...template.labels, note } }
}

/** Deployments with a number of replicas and a note in their template. */
export const deploymentModel: Model<DeploymentCommand, Deployments, ContainerManager["Service"]> = {
  commands: fc.oneof(
    fc.record({ do: fc.constant("create" as const), deployment, replicas: fc.nat(3) }),
    fc.record({ do: fc.constant("scale" as const), deployment, replicas: fc.nat(3) }),
    fc.record({ do: fc.constant("update" as const), deployment, note: fc.constantFrom(firstNote, "second") }),
    fc.record({ do: fc.constant("delete" as const), deployment })
  ),
  initial: new Map(),
  print: (command) => {
    const ref = `{ name: "m${command.deployment}" }`
    if (command.do === "create")
      return `containers.createDeployment(deploymentOf(given, "m${command.deployment}", { replicas: ${command.replicas} }))`
    if (command.do === "scale") return `containers.scaleDeployment(${ref}, ${command.replicas})`
    return command.do === "update"
      ? `containers.updateDeployment(${ref}, { template: withNote("${command.note}") })`
      : `containers.deleteDeployment(${ref})`
  },
  next: (state, command) => {
    const known = state.get(command.deployment)
    const others = [...state].filter(([key]) => key !== command.deployment)
    const becoming = (wanted: Wanted): Deployments => new Map([...others, [command.deployment, wanted]])
    if (command.do === "create")
      return { allowed: ["done"], state: becoming({ replicas: command.replicas, note: firstNote }) }
    if (command.do === "delete") return { allowed: ["done"], state: new Map(others) }
    if (known === undefined) return { allowed: ["NotFound"], state }
    return {
      allowed: ["done"],
      state: becoming(
        command.do === "scale" ? { ...known, replicas: command.replicas } : { ...known, note: command.note }
      )
    }
  },
  call: (api, given, command) => {
    const name = given.name(`m${command.deployment}`)
    if (command.do === "create")
      return api.createDeployment(
        deploymentOf(given, name, { replicas: command.replicas, template: templateOf(given, name, firstNote) })
      )
    if (command.do === "scale") return api.scaleDeployment({ name }, command.replicas)
    return command.do === "update"
      ? api.updateDeployment({ name }, { template: templateOf(given, name, command.note) })
      : api.deleteDeployment({ name })
  },
  settle: (api, given, state) =>
    Effect.gen(function* () {
      for (const key of keys) {
        const name = given.name(`m${key}`)
        const wanted = state.get(key)
        if (wanted === undefined) {
          yield* expectRefusal(api.getDeployment({ name }), "NotFound", `getDeployment of ${name}`)
          continue
        }
        const { spec } = yield* availableWith(api, given, name, wanted.replicas)
        yield* expectSame(spec.template.labels.note, wanted.note, `note of ${name}`)
      }
      return state
    })
}
