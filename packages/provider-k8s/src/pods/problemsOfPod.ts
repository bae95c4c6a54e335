import type {
  Affinity,
  LabelSelector,
  PodAffinityTerm,
  PodSpec,
  Problem,
  Requirement,
  Toleration,
  Volume
} from "@orrery/core"
import { problemsOfContainer } from "./problemsOfContainer.ts"
import { ofKey, ofObjectName, ofRepeated, problem, problemIf } from "./problemsOfText.ts"

const ofVolume = (path: string, { claim, configMap, hostPath, secret }: Volume): ReadonlyArray<Problem> => [
  ...Object.entries({ claim, configMap, secret }).flatMap(([source, name]) =>
    name === undefined ? [] : ofObjectName(`${path}.${source}`, name)
  ),
  ...problemIf(
    hostPath?.split("/").includes("..") === true,
    `${path}.hostPath`,
    "a path on the node may not contain '..'",
    "write the path that is meant"
  )
]

const whole = /^[+-]?\d+$/

const ofRequirement = (path: string, { operator, values }: Requirement, onNodes: boolean): ReadonlyArray<Problem> => {
  const compares = operator === "Gt" || operator === "Lt"
  const needs = operator === "In" || operator === "NotIn"
  return [
    ...problemIf(compares && !onNodes, `${path}.operator`, `${operator} compares labels of nodes only`, "use In"),
    ...problemIf(needs && values.length === 0, `${path}.values`, `${operator} needs values`, "name at least one"),
    ...problemIf(
      (operator === "Exists" || operator === "DoesNotExist") && values.length > 0,
      `${path}.values`,
      `${operator} takes no values`,
      "leave them out, or use In"
    ),
    ...problemIf(
      compares && onNodes && !(values.length === 1 && whole.test(values[0] ?? "")),
      `${path}.values`,
      `${operator} compares with one whole number`,
      "give exactly one"
    ),
    ...(needs ? values : []).flatMap((value, index) =>
      problemIf(
        !/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(value),
        `${path}.values.${index}`,
        `${JSON.stringify(value.slice(0, 80))} can be no label's value`,
        "write at most 63 letters, digits, '-', '_' and '.'"
      )
    )
  ]
}

/** What is wrong with a selector of pods. */
export const ofSelector = (path: string, { matchExpressions }: LabelSelector): ReadonlyArray<Problem> =>
  matchExpressions.flatMap((one, index) => ofRequirement(`${path}.matchExpressions.${index}`, one, false))

const ofPodTerm = (path: string, { labelSelector, topologyKey }: PodAffinityTerm): ReadonlyArray<Problem> => [
  ...ofKey(`${path}.topologyKey`, topologyKey),
  ...ofSelector(`${path}.labelSelector`, labelSelector)
]

const ofAffinity = (path: string, { nodeAffinity, ...pods }: Affinity): ReadonlyArray<Problem> => {
  const terms = [...(nodeAffinity?.required ?? []), ...(nodeAffinity?.preferred ?? []).map(({ term }) => term)]
  return [
    ...terms.flatMap(({ matchExpressions }, index) =>
      matchExpressions.flatMap((one, at) => ofRequirement(`${path}.nodeAffinity.${index}.${at}`, one, true))
    ),
    ...Object.entries(pods).flatMap(([kind, affinity]) =>
      [...affinity.required, ...affinity.preferred.map(({ term }) => term)].flatMap((term, index) =>
        ofPodTerm(`${path}.${kind}.${index}`, term)
      )
    )
  ]
}

const ofToleration = (path: string, toleration: Toleration): ReadonlyArray<Problem> => {
  const { effect, key, operator, tolerationMs, value = "" } = toleration
  return [
    ...problemIf(
      key === undefined && operator !== "Exists",
      `${path}.operator`,
      "without a key only Exists is taken",
      "give a key, or the operator Exists"
    ),
    ...problemIf(operator === "Exists" && value !== "", `${path}.value`, "Exists takes any value", "leave it out"),
    ...problemIf(
      tolerationMs !== undefined && effect !== "NoExecute",
      `${path}.toleration`,
      "only NoExecute has an end",
      "set effect to NoExecute, or leave the time out"
    )
  ]
}

/** Priorities from here on are the system's own. */
const priorityMax = 1_000_000_000
const priorityMin = -2_147_483_648

/** What an API server, or the program itself, would not take of one pod: all of it, each with its place and a remedy. */
export const problemsOfPod = (path: string, spec: PodSpec): ReadonlyArray<Problem> => {
  const { affinity, containers, initContainers, priority, priorityClass, serviceAccount, tolerations, volumes } = spec
  const { sidecars = [], topologySpread = [] } = spec
  const names = new Set(volumes.map(({ name }) => name))
  const all = [...containers, ...initContainers, ...sidecars]
  return [
    ...ofRepeated(
      all.map(({ name }) => name),
      (index) => `${path}.containers.${index}.name`,
      "the container"
    ),
    ...ofRepeated(
      volumes.map(({ name }) => name),
      (index) => `${path}.volumes.${index}.name`,
      "the volume"
    ),
    ...Object.entries({ containers, initContainers, sidecars }).flatMap(([kind, list]) =>
      list.flatMap((container, index) => problemsOfContainer(`${path}.${kind}.${index}`, container, names))
    ),
    ...initContainers.flatMap(({ healthCheck, name }, index) =>
      Object.keys(healthCheck ?? {}).length === 0
        ? []
        : [problem(`${path}.initContainers.${index}.healthCheck`, `${name} ends: it has no health`, "leave it out")]
    ),
    ...volumes.flatMap((volume, index) => ofVolume(`${path}.volumes.${index}`, volume)),
    ...(affinity === undefined ? [] : ofAffinity(`${path}.affinity`, affinity)),
    ...topologySpread.flatMap((term, index) => ofPodTerm(`${path}.topologySpread.${index}`, term)),
    ...ofRepeated(
      topologySpread.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`),
      (index) => `${path}.topologySpread.${index}`,
      "the constraint"
    ),
    ...tolerations.flatMap((toleration, index) => ofToleration(`${path}.tolerations.${index}`, toleration)),
    ...(priorityClass === undefined ? [] : ofObjectName(`${path}.priorityClass`, priorityClass)),
    ...(serviceAccount === undefined ? [] : ofObjectName(`${path}.serviceAccount`, serviceAccount)),
    ...problemIf(
      priority > priorityMax || priority < priorityMin,
      `${path}.priority`,
      `${priority} is beyond what a priority may be`,
      `write ${priorityMin} to ${priorityMax}`
    )
  ]
}
