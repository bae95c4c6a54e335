import type { Problem } from "@orrery/core"
import { complaint } from "./complaint.ts"
import { type Json, objectAt } from "./Json.ts"

/** When Knative makes more or fewer pods. Durations are written as Knative reads them: `30s`, `1m5s`. */
export interface Autoscaling {
  readonly minScale?: number
  readonly maxScale?: number
  readonly target?: number
  readonly window?: string
  readonly metric?: string
  readonly targetUtilization?: number
  readonly initialScale?: number
  /** Requests one pod takes at once; left out, any number. */
  readonly concurrency?: number
  readonly scaleToZeroPodRetentionPeriod?: string
  readonly scaleDownDelay?: string
  readonly autoscalerClass?: string
  readonly progressDeadline?: string
}

/** What `autoscale` takes: settings by their own names, or by the three names the reference page has for them. */
export interface AutoscaleOptions extends Autoscaling {
  readonly minReplicas?: number
  readonly maxReplicas?: number
  readonly targetConcurrency?: number
}

const otherNames = { minReplicas: "minScale", maxReplicas: "maxScale", targetConcurrency: "target" } as const
const otherNameOf = (name: string): string | undefined =>
  Object.entries(otherNames).find(([other]) => other === name)?.[1]

const prefix = "autoscaling.knative.dev/"
const annotationOf = {
  autoscalerClass: `${prefix}class`,
  target: `${prefix}target`,
  minScale: `${prefix}min-scale`,
  maxScale: `${prefix}max-scale`,
  window: `${prefix}window`,
  metric: `${prefix}metric`,
  targetUtilization: `${prefix}target-utilization-percentage`,
  initialScale: `${prefix}initial-scale`,
  scaleToZeroPodRetentionPeriod: `${prefix}scale-to-zero-pod-retention-period`,
  scaleDownDelay: `${prefix}scale-down-delay`,
  progressDeadline: "serving.knative.dev/progress-deadline"
} as const
const numbers = ["minScale", "maxScale", "target", "targetUtilization", "initialScale", "concurrency"] as const
const settings: ReadonlyArray<string> = [...Object.keys(annotationOf), "concurrency"]

/** Knative's two autoscalers. */
export const autoscalerClasses = {
  kpa: "kpa.autoscaling.knative.dev",
  hpa: "hpa.autoscaling.knative.dev"
} as const

/** Settings by one set of names. What Knative would not know is a problem, never an annotation that means nothing. */
export const autoscalingOf = (options: AutoscaleOptions): readonly [Autoscaling, ReadonlyArray<Problem>] => {
  const problems: Array<Problem> = []
  const known: Record<string, unknown> = {}
  for (const [written, value] of Object.entries(options)) {
    const name = otherNameOf(written) ?? written
    const path = `autoscaling.${written}`
    if (value === undefined) continue
    if (!settings.includes(name))
      problems.push(complaint(path, `${JSON.stringify(written)} is no setting`, `use one of ${settings.join(", ")}`))
    else if (Object.hasOwn(known, name) && known[name] !== value)
      problems.push(complaint(path, `${name} is given twice, and differs`, `leave out ${written} or ${name}`))
    else known[name] = value
  }
  return [known, problems]
}

const duration = /^\d+[smh](\d+[smh])*$/

/** Everything wrong with the settings. */
export const autoscalingProblems = (scaling: Autoscaling): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  const add = (name: string, message: string, remedy: string): void => {
    problems.push(complaint(`autoscaling.${name}`, message, remedy))
  }
  const { autoscalerClass: chosen, maxScale, metric, minScale, targetUtilization } = scaling
  for (const name of ["window", "scaleToZeroPodRetentionPeriod", "scaleDownDelay", "progressDeadline"] as const) {
    const value = scaling[name]
    if (value !== undefined && !duration.test(value))
      add(
        name,
        `${JSON.stringify(value)} is no duration that Knative reads`,
        "write seconds, minutes or hours: 30s, 1m5s"
      )
  }
  for (const name of numbers) {
    const value = scaling[name]
    const least = name === "target" || name === "targetUtilization" ? 1 : 0
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least))
      add(name, `${value} is no whole number from ${least}`, `write a whole number from ${least}`)
  }
  if (targetUtilization !== undefined && targetUtilization > 100)
    add("targetUtilization", `${targetUtilization} is above 100`, "write a percentage from 1 to 100")
  // Knative reads a max-scale of 0 as no bound.
  if (minScale !== undefined && maxScale !== undefined && maxScale !== 0 && minScale > maxScale)
    add("minScale", `${minScale} is above maxScale ${maxScale}`, "raise maxScale or lower minScale")
  const classes: ReadonlyArray<string> = Object.values(autoscalerClasses)
  if (chosen !== undefined && !classes.includes(chosen))
    add("autoscalerClass", `${JSON.stringify(chosen)} is no autoscaler`, `use ${classes.join(" or ")}`)
  if (metric !== undefined && !["concurrency", "rps", "cpu", "memory"].includes(metric))
    add("metric", `${JSON.stringify(metric)} is no metric`, "use concurrency, rps, cpu or memory")
  const ofPods = metric === "cpu" || metric === "memory"
  if (ofPods && chosen !== autoscalerClasses.hpa)
    add("metric", `${metric} is not seen by the default autoscaler`, `set autoscalerClass to ${autoscalerClasses.hpa}`)
  if (metric !== undefined && !ofPods && chosen === autoscalerClasses.hpa)
    add("metric", `${metric} is not seen by ${chosen}`, `use cpu or memory, or ${autoscalerClasses.kpa}`)
  return problems
}

/** The settings with what holds where nothing is said: slow to go down, patient while starting. */
export const withDefaults = (scaling: Autoscaling, launchTimeoutSeconds: number): Autoscaling => {
  const patience = Math.max(600, launchTimeoutSeconds + 60, Math.ceil((launchTimeoutSeconds * 6) / 5))
  const slow = { scaleDownDelay: "1m", scaleToZeroPodRetentionPeriod: "10m" }
  return {
    autoscalerClass: autoscalerClasses.kpa,
    progressDeadline: patience % 60 === 0 ? `${patience / 60}m` : `${patience}s`,
    ...(scaling.autoscalerClass === autoscalerClasses.hpa ? {} : slow),
    ...scaling
  }
}

/** Every setting as an annotation of the revision's template. */
export const autoscalingAnnotations = (scaling: Autoscaling): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(annotationOf).flatMap(([name, annotation]) => {
      const value = scaling[name as keyof typeof annotationOf]
      return value === undefined ? [] : [[annotation, String(value)]]
    })
  )

/** The settings a Knative Service has; undefined where it has none. */
export const autoscalingIn = (manifest: Json): Autoscaling | undefined => {
  const annotations = objectAt(manifest, ["spec", "template", "metadata", "annotations"])
  const concurrency = objectAt(manifest, ["spec", "template", "spec"]).containerConcurrency
  const found = Object.entries(annotationOf).flatMap(([name, annotation]) => {
    const value = annotations[annotation]
    if (value === undefined) return []
    return [[name, numbers.some((number) => number === name) ? Number(value) : value]]
  })
  if (found.length === 0 && concurrency === undefined) return undefined
  return Object.fromEntries([...found, ...(concurrency === undefined ? [] : [["concurrency", concurrency]])])
}
