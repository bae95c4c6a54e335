import { clusterAutoscalerDefaults } from "@orrery/core"
import type { Scenario } from "./Scenario.ts"

type Shape = Readonly<Record<string, Field>>
/** A whole number within bounds, a text, one of some texts, or one of the parts below. */
type Field =
  | { readonly type: "whole"; readonly min: number; readonly max: number }
  | { readonly type: "text"; readonly oneOf?: ReadonlyArray<string> }
  | { readonly type: "list"; readonly of: Field; readonly max: number }
  | { readonly type: "record"; readonly fields: Shape }
  | { readonly type: "kinds"; readonly kinds: Readonly<Record<string, Shape>> }
  | { readonly type: "orNull"; readonly of: Field }
  | { readonly type: "flag" }
  | { readonly type: "someOf"; readonly names: ReadonlyArray<string>; readonly of: Field }

const whole = (min: number, max: number): Field => ({ type: "whole", min, max })
const text: Field = { type: "text" }
const list = (of: Field, max: number): Field => ({ type: "list", of, max })
const record = (fields: Shape): Field => ({ type: "record", fields })
const orNull = (of: Field): Field => ({ type: "orNull", of })

const yearMs = 366 * 86_400_000
const time = whole(0, yearMs)
const millions = whole(0, 10_000_000)
const expander: Field = {
  type: "text",
  oneOf: ["random", "least-waste", "most-pods", "least-nodes", "price", "priority"]
}
const { expanders: _, ...autoscalerOptions } = clusterAutoscalerDefaults(36)
const autoscaler = record({
  minor: whole(30, 99),
  expanders: list(expander, 6),
  priorities: list(record({ priority: millions, pattern: text }), 1_000),
  options: { type: "someOf", names: Object.keys(autoscalerOptions), of: whole(-1_000_000_000, yearMs) }
})

const group = record({
  name: text,
  min: whole(0, 100_000),
  max: whole(0, 100_000),
  initial: whole(0, 100_000),
  cpuMilli: millions,
  memoryMib: whole(0, 100_000_000),
  gpus: whole(0, 64),
  gpuShareMilli: whole(1, 1_000),
  taints: list(text, 16),
  podsMax: whole(0, 10_000),
  zones: whole(1, 64),
  bootMs: time,
  isSpot: { type: "flag" },
  microUsdPerHour: whole(0, 1_000_000_000)
})

const pods: Shape = {
  kind: text,
  name: text,
  namespace: text,
  priority: whole(-1_000_000_000, 1_000_000_000),
  group: text,
  cpuMilli: millions,
  memoryMib: whole(0, 100_000_000),
  gpuMilli: whole(0, 64_000),
  tolerates: list(text, 16),
  arriveMs: time,
  startMs: time,
  graceMs: time
}
const replicaRules = record({
  windowMs: whole(0, 3_600_000),
  select: { type: "text", oneOf: ["max", "min", "disabled"] },
  rates: list(
    record({ type: { type: "text", oneOf: ["pods", "percent"] }, value: millions, periodMs: whole(1, 1_800_000) }),
    10
  )
})
const hpa = record({
  min: whole(1, 1_000_000),
  max: whole(1, 1_000_000),
  targetPercent: whole(1, 10_000),
  loadMilli: list(whole(0, 1_000_000_000), 100_000),
  stepMs: whole(1_000, yearMs),
  behavior: orNull(record({ up: replicaRules, down: replicaRules })),
  tolerancePercent: orNull(record({ up: whole(0, 1_000), down: whole(0, 100) }))
})
const workload: Field = {
  type: "kinds",
  kinds: {
    deployment: {
      ...pods,
      replicas: whole(0, 1_000_000),
      maxUnavailable: orNull(whole(0, 1_000_000)),
      apart: { type: "flag" },
      hpa: orNull(hpa)
    },
    job: {
      ...pods,
      completions: millions,
      parallelism: whole(1, 1_000_000),
      runMsMin: time,
      runMsMax: time,
      crashPercent: whole(0, 100),
      backoffLimit: millions
    },
    daemon: pods
  }
}
const lasting = { kind: text, atMs: time, durationMs: time }
const once = { kind: text, atMs: time, pick: millions }
const fault: Field = {
  type: "kinds",
  kinds: {
    nodeFailure: once,
    spotReclaim: once,
    nodeSilence: { ...once, durationMs: time },
    zoneOutage: { ...lasting, zone: whole(0, 64) },
    bootFailure: { ...lasting, group: text },
    slowBoot: { ...lasting, factor: whole(1, 1_000) },
    apiLag: { ...lasting, lagMs: whole(0, 3_600_000) }
  }
}
const scenario = record({
  endMs: time,
  groups: list(group, 1_000),
  workloads: list(workload, 100_000),
  quotas: list(record({ namespace: text, podsMax: millions, cpuMilliMax: whole(0, 1_000_000_000) }), 1_000),
  faults: list(fault, 100_000),
  autoscaler: orNull(autoscaler)
})

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const checkFields = (value: unknown, fields: Shape, path: string): ReadonlyArray<string> => {
  if (!isRecord(value)) return [`${path}: must be an object`]
  const strange = Object.keys(value).filter((key) => !(key in fields))
  return [
    ...strange.map((key) => `${path}.${key}: is not known`),
    ...Object.entries(fields).flatMap(([key, field]) => check(value[key], field, `${path}.${key}`))
  ]
}

const check = (value: unknown, field: Field, path: string): ReadonlyArray<string> => {
  switch (field.type) {
    case "whole": {
      const isGood =
        typeof value === "number" && Number.isSafeInteger(value) && value >= field.min && value <= field.max
      return isGood ? [] : [`${path}: must be a whole number from ${field.min} to ${field.max}`]
    }
    case "text": {
      const isGood = typeof value === "string" && (field.oneOf?.includes(value) ?? true)
      return isGood ? [] : [`${path}: must be ${field.oneOf?.join(" or ") ?? "a text"}`]
    }
    case "someOf": {
      if (!isRecord(value)) return [`${path}: must be an object`]
      const known = new Set(field.names)
      return Object.entries(value).flatMap(([key, one]) =>
        known.has(key) ? check(one, field.of, `${path}.${key}`) : [`${path}.${key}: is not known`]
      )
    }
    case "flag":
      return typeof value === "boolean" ? [] : [`${path}: must be true or false`]
    case "orNull":
      return value === null ? [] : check(value, field.of, path)
    case "list":
      return Array.isArray(value) && value.length <= field.max
        ? value.flatMap((element, index) => check(element, field.of, `${path}[${index}]`))
        : [`${path}: must be a list of at most ${field.max}`]
    case "record":
      return checkFields(value, field.fields, path)
    case "kinds": {
      const fields = isRecord(value) && typeof value.kind === "string" ? field.kinds[value.kind] : undefined
      return fields === undefined
        ? [`${path}.kind: must be ${Object.keys(field.kinds).join(" or ")}`]
        : checkFields(value, fields, path)
    }
  }
}

const twice = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.filter((name, index) => names.indexOf(name) !== index)

const isPattern = (pattern: string): boolean => {
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}

/** What single fields cannot show: names given twice, bounds that contradict each other, and worlds with nothing in them. */
const checkTogether = ({ autoscaler, groups, quotas, workloads }: Scenario): ReadonlyArray<string> => {
  const known = new Set(groups.map(({ name }) => name))
  return [
    ...(workloads.length === 0 ? ["workloads: there must be one"] : []),
    ...twice(groups.map(({ name }) => name)).map((name) => `groups: "${name}" is given twice`),
    ...twice(workloads.map(({ name }) => name)).map((name) => `workloads: "${name}" is given twice`),
    ...twice(quotas.map(({ namespace }) => namespace)).map((name) => `quotas: "${name}" is given twice`),
    ...(autoscaler?.priorities ?? []).flatMap(({ pattern }) =>
      isPattern(pattern) ? [] : [`autoscaler: "${pattern}" is no regular expression`]
    ),
    ...groups.flatMap(({ initial, max, min, name }) =>
      min <= initial && initial <= max ? [] : [`groups: "${name}" must have min <= initial <= max`]
    ),
    ...workloads.flatMap((one) => [
      ...(one.group === "" || known.has(one.group) ? [] : [`workloads: "${one.name}" wants a group that is not there`]),
      ...(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(one.name) ? [] : [`workloads: "${one.name}" is no name for a pod`]),
      ...(one.gpuMilli > 1_000 && one.gpuMilli % 1_000 !== 0
        ? [`workloads: "${one.name}" wants whole GPUs or a share of one`]
        : []),
      ...(one.kind === "job" && one.runMsMin > one.runMsMax ? [`workloads: "${one.name}" runs backwards`] : []),
      ...(one.kind === "deployment" && one.hpa !== null && (one.hpa.min > one.hpa.max || one.hpa.loadMilli.length === 0)
        ? [`workloads: "${one.name}" needs min <= max and a load`]
        : [])
    ])
  ]
}

/** The scenario, or every problem with its path. */
export const readScenario = (
  value: unknown
): { readonly scenario: Scenario } | { readonly problems: ReadonlyArray<string> } => {
  const problems = check(value, scenario, "scenario")
  if (problems.length > 0) return { problems }
  const together = checkTogether(value as Scenario)
  return together.length > 0 ? { problems: together } : { scenario: value as Scenario }
}
