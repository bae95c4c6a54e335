import {
  nodeAffinityShape,
  readNodeTerms,
  readPreferredNodeTerms,
  readSpread,
  spreadShape
} from "./manifest/affinity.ts"
import { locate, readDocuments } from "./manifest/documents.ts"
import {
  type At,
  type Fault,
  fault,
  flag,
  list,
  oneOf,
  type Read,
  record,
  type Shape,
  text,
  whole
} from "./manifest/shape.ts"
import type { Problem, Source } from "./problem.ts"
import { defaultProfile, filterPlugins, type Profile, type ScorePlugin, scorePlugins } from "./profile.ts"

const pluginShape = record({ name: text, weight: whole(0, 2147483647) }, { required: ["name"] })
const pluginSetShape = record({ enabled: list(pluginShape), disabled: list(pluginShape) })
type PluginSet = Read<typeof pluginSetShape>
type Plugin = Read<typeof pluginShape>

const percentage = whole(0, 100)
const resourceShape = record({ name: text, weight: whole(1, 100) }, { required: ["name"] })

const strategyShape = record({
  type: oneOf("LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"),
  resources: list(resourceShape),
  requestedToCapacityRatio: record({
    shape: list(record({ utilization: whole(0, 100), score: whole(0, 10) }, { required: ["utilization", "score"] }))
  })
})

const head = ["apiVersion", "kind"]
const argumentShapes = {
  NodeResourcesFit: record(
    { scoringStrategy: strategyShape, ignoredResources: list(text), ignoredResourceGroups: list(text) },
    { inert: head }
  ),
  NodeResourcesBalancedAllocation: record({ resources: list(resourceShape) }, { inert: head }),
  NodeAffinity: record({ addedAffinity: nodeAffinityShape }, { inert: head }),
  InterPodAffinity: record(
    { hardPodAffinityWeight: whole(0, 100), ignorePreferredTermsOfExistingPods: flag },
    { inert: head }
  ),
  PodTopologySpread: record(
    { defaultConstraints: list(spreadShape), defaultingType: oneOf("System", "List") },
    { inert: head }
  ),
  DefaultPreemption: record(
    { minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: whole(0, 2147483647) },
    { inert: head }
  )
}
type Arguments = { readonly [K in keyof typeof argumentShapes]?: Read<(typeof argumentShapes)[K]> }

const anything: Shape<unknown> = (value) => value

const profileShape = record({
  schedulerName: text,
  percentageOfNodesToScore: percentage,
  plugins: record(
    { multiPoint: pluginSetShape, filter: pluginSetShape, score: pluginSetShape, postFilter: pluginSetShape },
    { inert: ["preFilter", "preScore", "reserve", "preBind", "postBind"] }
  ),
  pluginConfig: list(record({ name: text, args: anything }, { required: ["name"] }))
})

const configurationShape = record(
  { percentageOfNodesToScore: percentage, profiles: list(profileShape) },
  {
    inert: [
      ...head,
      "clientConnection",
      "delayCacheUntilActive",
      "enableContentionProfiling",
      "enableProfiling",
      "leaderElection",
      "parallelism",
      "podInitialBackoffSeconds",
      "podMaxBackoffSeconds"
    ]
  }
)

const idlePlugins = new Set([
  "SchedulingGates",
  "PrioritySort",
  "DefaultBinder",
  "DefaultPreemption",
  "DynamicResources",
  "GangScheduling",
  "NodeDeclaredFeatures"
])

const isFilter = (name: string): name is Profile["filters"] extends ReadonlySet<infer F> ? F & string : never =>
  filterPlugins.some((one) => one === name)
const isScore = (name: string): name is ScorePlugin => scorePlugins.some((one) => one === name)

const removes = (set: PluginSet | undefined, name: string): boolean =>
  set?.disabled?.some((one) => one.name === name || one.name === "*") ?? false
const adds = (set: PluginSet | undefined, name: string): Plugin | undefined =>
  set?.enabled?.find((one) => one.name === name)

/** Whether a plugin runs at one point: said there, or for all points, or by default. */
const runs = (all: PluginSet | undefined, point: PluginSet | undefined, name: string): boolean =>
  adds(point, name) !== undefined || (!removes(point, name) && (adds(all, name) !== undefined || !removes(all, name)))

const namesOf = (set: PluginSet | undefined): ReadonlyArray<string> => set?.enabled?.map((one) => one.name) ?? []

/** The filters in the order in which the real scheduler would run them: those named for this point alone come first, or last where the usual one is off. */
const filterOrder = (all: PluginSet | undefined, point: PluginSet | undefined): ReadonlyArray<string> => {
  const usual = filterPlugins.filter((name) => !removes(all, name))
  const everywhere = [...usual, ...namesOf(all).filter((name) => !usual.some((one) => one === name))]
  const kept = everywhere.filter((name) => !removes(point, name))
  const own = namesOf(point)
  const first = own.filter((name) => kept.includes(name))
  return [...first, ...kept.filter((name) => !own.includes(name)), ...own.filter((name) => !first.includes(name))]
}

/** The first refusal counts, so that another order would give other words. */
const checkOrder = (all: PluginSet | undefined, point: PluginSet | undefined, at: At): void => {
  const usual: ReadonlyArray<string> = filterPlugins
  const places = filterOrder(all, point)
    .map((name) => usual.indexOf(name))
    .filter((place) => place >= 0)
  const early = places.find((place, index) => place < (places[index - 1] ?? -1))
  if (early === undefined || at.ignoreUnknown) return
  const name = filterPlugins[early]
  const remedy = `Keep the usual order: ${filterPlugins.join(", ")}.`
  const message = `another order of filters is not modelled: "${name}" runs later than usual`
  fault({ ...at, path: [...at.path, "plugins"] }, message, remedy)
}

const weightsOf = (all: PluginSet | undefined, point: PluginSet | undefined): ReadonlyMap<ScorePlugin, number> => {
  const weights = new Map<ScorePlugin, number>()
  for (const [name, usual] of defaultProfile.weights) {
    if (!runs(all, point, name)) continue
    const said = adds(point, name) ?? adds(all, name)
    weights.set(name, said === undefined ? usual : said.weight || 1)
  }
  return weights
}

const strategyOf = (args: Arguments["NodeResourcesFit"]): Pick<Profile, "fitStrategy" | "fitResources"> => {
  const strategy = args?.scoringStrategy
  const resources = strategy?.resources?.map(({ name, weight }) => ({ name, weight: weight ?? 1 }))
  const type = strategy?.type ?? "LeastAllocated"
  return {
    fitStrategy:
      type === "RequestedToCapacityRatio" ? { type, shape: strategy?.requestedToCapacityRatio?.shape ?? [] } : { type },
    fitResources: resources === undefined || resources.length === 0 ? defaultProfile.fitResources : resources
  }
}

const settingsOf = (args: Arguments): Partial<Profile> => {
  const added = args.NodeAffinity?.addedAffinity
  const balanced = args.NodeResourcesBalancedAllocation?.resources?.map((one) => one.name) ?? []
  const spread = args.PodTopologySpread
  return {
    ...strategyOf(args.NodeResourcesFit),
    ignoredResources: new Set(args.NodeResourcesFit?.ignoredResources),
    ignoredResourceGroups: new Set(args.NodeResourcesFit?.ignoredResourceGroups),
    balancedResources: balanced.length === 0 ? defaultProfile.balancedResources : balanced,
    hardPodAffinityWeight: args.InterPodAffinity?.hardPodAffinityWeight ?? 1,
    ignorePreferredTermsOfExistingPods: args.InterPodAffinity?.ignorePreferredTermsOfExistingPods ?? false,
    defaultSpread:
      spread?.defaultingType === "List"
        ? (spread.defaultConstraints ?? []).map((one) => readSpread(one, new Map()))
        : "system",
    addedNodeTerms: readNodeTerms(added?.requiredDuringSchedulingIgnoredDuringExecution),
    addedPreferredNodeTerms: readPreferredNodeTerms(added),
    minCandidateNodesPercentage: args.DefaultPreemption?.minCandidateNodesPercentage ?? 10,
    minCandidateNodesAbsolute: args.DefaultPreemption?.minCandidateNodesAbsolute ?? 100
  }
}

const readArguments = (profile: Read<typeof profileShape>, at: At): Arguments => {
  const read: Record<string, unknown> = {}
  profile.pluginConfig?.forEach(({ name, args }, index) => {
    const place = { ...at, path: [...at.path, "pluginConfig", index] }
    const shape = Object.entries(argumentShapes).find(([known]) => known === name)?.[1]
    if (shape !== undefined)
      read[name] = (shape as Shape<unknown>)(args ?? {}, { ...place, path: [...place.path, "args"] })
    else if (name !== "VolumeBinding" && name !== "DynamicResources")
      fault(place, `the plugin "${name}" is not modelled`, "Remove its settings.")
  })
  return read
}

const checkPlugins = (profile: Read<typeof profileShape>, at: At): void => {
  for (const [point, set] of Object.entries(profile.plugins ?? {})) {
    set?.enabled?.forEach(({ name }, index) => {
      if (isFilter(name) || isScore(name) || idlePlugins.has(name)) return
      const place = { ...at, path: [...at.path, "plugins", point, "enabled", index] }
      fault(place, `the plugin "${name}" is not modelled`, "Remove it, or compare without it.")
    })
  }
}

/** The profiles of a scheduler configuration. */
export const readProfiles = (value: unknown, top: At): ReadonlyArray<Profile> => {
  const read = configurationShape(value, top)
  const profiles = read?.profiles ?? []
  return (profiles.length === 0 ? [{}] : profiles).map((one, index): Profile => {
    const at = { ...top, path: [...top.path, "profiles", index] }
    checkPlugins(one, at)
    const { multiPoint, filter, score, postFilter } = one.plugins ?? {}
    checkOrder(multiPoint, filter, at)
    return {
      ...defaultProfile,
      ...settingsOf(readArguments(one, at)),
      schedulerName: one.schedulerName ?? "default-scheduler",
      percentageOfNodesToScore: one.percentageOfNodesToScore ?? read?.percentageOfNodesToScore ?? 0,
      filters: new Set(filterPlugins.filter((name) => runs(multiPoint, filter, name))),
      weights: weightsOf(multiPoint, score),
      preempts: runs(multiPoint, postFilter, "DefaultPreemption"),
      dynamicResources: runs(multiPoint, postFilter, "DynamicResources")
    }
  })
}

/** Reads a scheduler configuration of its own. */
export const readConfiguration = (source: Source, problems: Array<Problem>): ReadonlyArray<Profile> => {
  const [document] = readDocuments(source, problems)
  if (document === undefined) return [defaultProfile]
  const faults: Array<Fault> = []
  const profiles = readProfiles(document.value, { path: [], faults, ignoreUnknown: false })
  problems.push(
    ...locate(
      source,
      faults.map((one) => ({ ...one, index: document.index }))
    )
  )
  return profiles
}
