import { describe, expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"
import { parseQuantityMilli } from "../../../src/engine/profiles/kube/manifest/quantity.ts"

const problemsOf = (text: string, ignoreUnknown = false) =>
  placeManifests([{ file: "a.yaml", text }], { ignoreUnknown }).problems.map(
    ({ file, line, path, message }) => `${file}:${line} ${path}: ${message}`
  )

const node = `
kind: Node
metadata: {name: n1, labels: {zone: a}}
status: {allocatable: {cpu: "4", memory: 8Gi, pods: "10"}}
`

describe("reading manifests", () => {
  test("every problem is told at once, with its line and path", () => {
    const text = `kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    resources: {requests: {cpu: -1, memory: lots}}
  nodeSelector: [a]
  resourceClaims: []
---
kind: CronJob
metadata: {name: later}
---
kind: Pod
metadata: {}
spec: {priorityClassName: none}
`
    expect(problemsOf(text)).toEqual([
      "a.yaml:6 spec.containers[0].resources.requests.cpu: a quantity may not be negative: -1",
      "a.yaml:6 spec.containers[0].resources.requests.memory: not a quantity: lots",
      "a.yaml:7 spec.nodeSelector: expected a map, found a list",
      'a.yaml:8 spec.resourceClaims: the field "resourceClaims" is not modelled',
      'a.yaml:10 kind: the kind "CronJob" is not modelled: it makes jobs at certain times, and no time passes here',
      'a.yaml:14 metadata: the field "name" is missing'
    ])
  })

  test("what is unknown is skipped where asked to, what is wrong is not", () => {
    expect(problemsOf("kind: CronJob\nmetadata: {name: c}\n", true)).toEqual([])
    expect(problemsOf("kind: Pod\nmetadata: {name: p}\nspec: {priority: high}\n", true)).toEqual([
      "a.yaml:3 spec.priority: expected a whole number from -2147483648 to 2147483647, found high"
    ])
  })

  test.each([
    ["kind: [", "a.yaml:1"],
    ["- 1\n- 2\n", "a.yaml:1 : a document must be a Kubernetes object"],
    ["metadata: {name: x}\n", 'a.yaml:1 : the field "kind" is missing'],
    [`${node}---${node}`, "a.yaml:7 metadata.name: the Node n1 is given twice"],
    [
      "kind: Pod\nmetadata: {name: p}\nspec: {priorityClassName: none}\n",
      "a.yaml:3 spec.priorityClassName: there is no"
    ],
    [
      "kind: Node\nmetadata: {name: n}\nstatus: {allocatable: {memory: 10Ei}}\n",
      "a.yaml:3 status.allocatable.memory: the"
    ]
  ])("%j is refused", (text, start) => {
    const [problem = ""] = problemsOf(text)
    expect(problem.startsWith(start), problem).toBe(true)
  })

  test("kinds of the same name that are somebody else's are refused", () => {
    const text = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: s}\n"
    expect(problemsOf(text)).toEqual(['a.yaml:2 kind: the kind "Service" of "serving.knative.dev/v1" is not modelled'])
  })

  test.each([
    ["{filter: {enabled: [{name: PodTopologySpread}]}}", "NodeUnschedulable"],
    ["{filter: {disabled: [{name: NodePorts}], enabled: [{name: NodePorts}]}}", "NodePorts"],
    ["{multiPoint: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}, {name: NodePorts}]}}", "NodePorts"]
  ])("another order of filters is refused: %s", (plugins, late) => {
    const text = `kind: KubeSchedulerConfiguration\nprofiles:\n- plugins: ${plugins}\n`
    expect(problemsOf(text)).toEqual([
      `a.yaml:3 profiles[0].plugins: another order of filters is not modelled: "${late}" runs later than usual`
    ])
    expect(problemsOf(text, true)).toEqual([])
  })

  test.each([
    "{filter: {disabled: [{name: NodePorts}]}}",
    "{filter: {disabled: [{name: '*'}], enabled: [{name: NodeAffinity}, {name: NodeResourcesFit}]}}",
    "{multiPoint: {enabled: [{name: NodeResourcesFit}]}, score: {enabled: [{name: ImageLocality, weight: 5}]}}"
  ])("filters may be left out and said again: %s", (plugins) => {
    expect(problemsOf(`kind: KubeSchedulerConfiguration\nprofiles:\n- plugins: ${plugins}\n`)).toEqual([])
  })

  test("kinds that have no say in placement are passed over, whoever writes out a whole cluster", () => {
    expect(problemsOf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")).toEqual([])
    expect(problemsOf("apiVersion: example.com/v1\nkind: ConfigMap\nmetadata: {name: c}\n")).toEqual([
      'a.yaml:2 kind: the kind "ConfigMap" is not modelled'
    ])
  })

  test("lists of one kind, merged keys and names to be made up are read", () => {
    const text = `
kind: NodeList
apiVersion: v1
items:
- &node {metadata: {name: n1}, status: {capacity: {cpu: 1, memory: 1e9, pods: 10}}}
- {<<: *node, metadata: {name: n2}}
---
{kind: Pod, apiVersion: v1, metadata: {generateName: web-}, spec: {containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {generateName: web-}, spec: {containers: [{name: c}]}}
`
    const { placements, problems } = placeManifests([{ file: "a.yaml", text }])
    expect(problems).toEqual([])
    expect(placements?.map(({ pod, node: at }) => [pod, at])).toEqual([
      ["default/web-0", "n1"],
      ["default/web-1", "n2"]
    ])
  })

  test("JSON gets lines too", () => {
    const text = `{"kind": "List", "items": [\n {"kind": "Node", "metadata": {"name": "n"}},\n {"kind": "Widget"}]}`
    expect(problemsOf(text)).toEqual(['a.yaml:3 items[1].kind: the kind "Widget" is not modelled'])
  })

  test.each([
    ["1", 1000n],
    ["0.0005", 1n],
    ["1500m", 1500n],
    ["1e3", 1000000n],
    ["1.5Gi", 1610612736000n],
    [".5k", 500000n],
    ["1n", 1n],
    ["+2", 2000n],
    ["1.", 1000n],
    ["1Zi", undefined],
    ["", undefined],
    ["m", undefined]
  ])("the quantity %j is %s thousandths", (text, milli) => expect(parseQuantityMilli(text)).toBe(milli))
})

const gpuPod = (name: string, priority: number, more = "") =>
  `---\n{kind: Pod, metadata: {name: ${name}}, spec: {priority: ${priority}, ${more}containers: [{name: c, resources: {requests: {cpu: "3"}}}]}}\n`

describe("placing", () => {
  test("a more important pod makes room, an equal one is refused in the scheduler's words", () => {
    const { placements } = placeManifests([
      { file: "a.yaml", text: node + gpuPod("low", 0) + gpuPod("same", 0) + gpuPod("high", 5) }
    ])
    expect(placements?.map(({ pod, node: at, victims }) => ({ pod, at, victims }))).toEqual([
      { pod: "default/low", at: "n1", victims: undefined },
      { pod: "default/same", at: null, victims: undefined },
      { pod: "default/high", at: "n1", victims: ["default/low"] }
    ])
    expect(placements?.[1]?.message).toBe(
      "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
    )
    expect(placements?.[1]?.refused).toEqual({ n1: ["Insufficient cpu"] })
  })

  test("a gated pod waits, and so does one that no scheduler serves", () => {
    const text =
      node + gpuPod("gated", 0, "schedulingGates: [{name: g}], ") + gpuPod("lost", 0, "schedulerName: nobody, ")
    const { placements } = placeManifests([{ file: "a.yaml", text }])
    expect(placements?.map((one) => one.message)).toEqual([
      "Scheduling is blocked due to non-empty scheduling gates",
      'no scheduler is named "nobody"'
    ])
  })

  test("following says where a choice differs, and keeps to it", () => {
    const text =
      `${node}${node.replaceAll("n1", "n2")}`.replace(
        "\nkind: Node\nmetadata: {name: n2",
        "---\nkind: Node\nmetadata: {name: n2"
      ) +
      gpuPod("a", 0) +
      gpuPod("b", 0)
    const follow = '{"pod":"default/a","node":"n1"}\n{"pod":"default/b","node":null}\n{"pod":"default/c","node":"n1"}\n'
    const { placements } = placeManifests([{ file: "a.yaml", text }], { follow: { file: "f", text: follow } })
    expect(placements?.map((one) => one.differs)).toEqual([
      undefined,
      "went to no node, expected n2",
      'there is no pod "default/c"'
    ])
  })

  test("the queue gives the more important pod first", () => {
    const text = node + gpuPod("low", 0) + gpuPod("high", 5)
    const { placements } = placeManifests([{ file: "a.yaml", text }], { order: "priority" })
    expect(placements?.map((one) => one.node)).toEqual(["n1", null])
  })
})

describe("configuration", () => {
  test("may be among the objects, but not there and apart", () => {
    const own = `---\napiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: [{schedulerName: mine}]\n`
    const text = `${node}${own}${gpuPod("p", 0, "schedulerName: mine, ")}`
    expect(placeManifests([{ file: "a.yaml", text }]).placements?.[0]?.node).toBe("n1")
    const twice = placeManifests([{ file: "a.yaml", text }], { configuration: { file: "c.yaml", text: own } })
    expect(twice.problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      "c.yaml: a scheduler configuration is among the objects already"
    ])
  })

  const configure = (text: string) =>
    placeManifests([{ file: "a.yaml", text: node }], { configuration: { file: "c.yaml", text } }).problems.map(
      ({ line, path, message }) => `${line} ${path}: ${message}`
    )

  test("plugins and fields that are not modelled are refused by name", () => {
    const text = `kind: KubeSchedulerConfiguration
extenders: []
profiles:
- plugins: {score: {enabled: [{name: Coscheduling}]}}
  pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Best}}}]
`
    expect(configure(text)).toEqual([
      '2 extenders: the field "extenders" is not modelled',
      '4 profiles[0].plugins.score.enabled[0]: the plugin "Coscheduling" is not modelled',
      "5 profiles[0].pluginConfig[0].args.scoringStrategy.type: expected one of LeastAllocated, MostAllocated, RequestedToCapacityRatio, found Best"
    ])
  })
})
