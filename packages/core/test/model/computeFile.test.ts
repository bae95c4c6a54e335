import { readFileSync } from "node:fs"
import { computeFileJsonSchema, readComputeFile, readComputeFiles, writeComputeFile } from "@orrery/core"
import { Result, Schema } from "effect"
import { describe, expect, it } from "vitest"

const production = readFileSync(new URL("../../../../examples/production.yaml", import.meta.url), "utf8")
const fileOf = (text: string) => Result.getOrThrow(readComputeFile(text, "file.yaml"))
const problemsOf = (text: string) =>
  Result.match(readComputeFile(text, "file.yaml"), {
    onSuccess: () => [],
    onFailure: (problems) =>
      problems.map(
        ({ column, line, message, path, remedy }) =>
          `${line}:${column} ${path}: ${message}${remedy === undefined ? "" : ` (${remedy})`}`
      )
  })

it("what is empty is told in words", () => {
  const pools = '{name: a, instance_types: [], max_size: 1, min_size: 0, zones: [""]}'
  const cluster = (nodePools: string) => `compute: {cluster: {name: a, provider: sim, node_pools: [${nodePools}]}}`
  expect([...problemsOf(cluster("")), ...problemsOf(cluster(pools))]).toEqual([
    "1:57 compute.cluster.node_pools: found an empty list, allowed: at least one node pool",
    "1:84 compute.cluster.node_pools[0].instance_types: found an empty list, allowed: at least one instance type",
    '1:122 compute.cluster.node_pools[0].zones[0]: found "", allowed: text that is not empty'
  ])
})

describe("a file that is right", () => {
  it("is read in full [R107 R108 R109 R110 R111 R112 R113 R114 R115]", () => {
    const { cluster, containers, deployments, optimization } = fileOf(production)
    expect(cluster?.nodePools.map(({ instanceTypes, maxSize, name }) => [name, instanceTypes, maxSize])).toEqual([
      ["general", ["c5.xlarge"], 10],
      ["gpu", ["p3.2xlarge"], 5]
    ])
    expect(cluster?.autoScaling).toMatchObject({ enabled: true, minNodes: 4, maxNodes: 15, scaleDownDelayMs: 600_000 })
    expect(containers.runtime).toEqual({ type: "containerd", version: "1.6" })
    expect(cluster?.runtime).toEqual(containers.runtime)
    expect(optimization?.rules.map(({ action }) => action)).toEqual(["adjust_resources", "rebalance_nodes"])
    expect(deployments[0]?.template.spec.containers[0]).toMatchObject({
      image: "docker.io/web-app:1.0",
      pullPolicy: "IfNotPresent",
      securityContext: { runAsNonRoot: true },
      resources: { requests: { cpuMilli: 500, memoryBytes: 2 ** 29 }, limits: { cpuMilli: 1000, memoryBytes: 2 ** 30 } }
    })
  })

  it("reads back from what is written of it [R130]", () => {
    const file = fileOf(production)
    expect(fileOf(writeComputeFile(file))).toEqual(file)
    expect(writeComputeFile(file)).toContain("instance_type: c5.xlarge")
  })

  it("may use camelCase, JSON and tabs in JSON", () => {
    const file = fileOf(
      '{\n\t"jobs": [{"name": "a", "image": "b", "nodeSelector": {"tier": "x"}, "completions": 2}]\n}'
    )
    expect(file.jobs[0]).toMatchObject({ completions: 2, pod: { nodeSelector: { tier: "x" } } })
  })

  it("keeps what a container says of itself against the file's settings [R111 R114]", () => {
    const { deployments } = fileOf(`
containers:
  defaults: {registry: registry.example.com:5000, pull_policy: Always}
  resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 2}}
deployments:
  - {name: own, image: ghcr.io/team/app:1, resources: {requests: {cpu: 4}}}
  - {name: none, image: team/app@sha256:${"0".repeat(64)}}
`)
    const [own, none] = deployments.map(({ template }) => template.spec.containers[0])
    expect([own?.image, own?.resources.requests.cpuMilli, own?.resources.requests.memoryBytes]).toEqual([
      "ghcr.io/team/app:1",
      4000,
      2 ** 30
    ])
    expect(own?.resources.limits).toBeUndefined()
    expect(none?.image).toBe(`registry.example.com:5000/team/app@sha256:${"0".repeat(64)}`)
    expect(none?.resources.limits?.cpuMilli).toBe(2000)
  })

  it("reads the simulation section by the schema it is given", () => {
    const simulation = Schema.Struct({ seed: Schema.Int, spotShare: Schema.optionalKey(Schema.Finite) })
    const read = (text: string) => readComputeFile(text, "file.yaml", { simulation })
    expect(Result.getOrThrow(read("simulation: {seed: 7, spot_share: 0.5}")).simulation).toEqual({
      seed: 7,
      spotShare: 0.5
    })
    expect(Result.isFailure(read("simulation: {sede: 7}"))).toBe(true)
  })
})

describe("a file that is wrong", () => {
  it("may give a name once, in each namespace, and is told where it is given again", () => {
    expect(
      problemsOf(`deployments:
  - { name: web, image: a }
  - { name: web, image: b, namespace: elsewhere }
  - { name: web, image: c, replicas: -1 }
jobs:
  - { name: train, image: a }
  - { name: web, image: a }
  - name: train
    pod: { containers: [{ name: main, image: a }, { name: main, image: b }] }
`)
    ).toEqual([
      '4:5 deployments[2].name: another deployment is named "web" already',
      '4:38 deployments[2].replicas: found "-1", allowed: an integer, a value between 0 and 1000000',
      '8:5 jobs[2].name: another job is named "train" already',
      '9:59 jobs[2].pod.containers[1].name: another container is named "main" already'
    ])
  })

  it("has every mistake named with its place, also those between fields [R15 R17 R18 R45 R57 T62]", () => {
    expect(
      problemsOf(`compute:
  cluster:
    name: Production
    provider: awz
    node_pools:
      - name: general
        instance_typ: c5.xlarge
        min_size: 12
        max_size: 10
      - name: general
        instance_type: p3.2xlarge
        min_size: 1
        max_size: five
        min_size: 2
    auto_scaling:
      scale_down_delay: 10 parsecs
deployments:
  - name: web
    image: Web:1
    replicas: -1
    resources: {requests: {cpu: 2, memory: 1Gb}, limits: {cpu: 1}}
contianers: {}
`)
    ).toMatchInlineSnapshot(`
      [
        "3:11 compute.cluster.name: found "Production", allowed: a name of at most 63 lower-case letters, digits and '-', starting and ending with a letter or digit",
        "4:15 compute.cluster.provider: found "awz", allowed: aws, kubernetes, htcondor, sim (did you mean "aws"?)",
        "7:9 compute.cluster.node_pools[0].instance_typ: unknown key "instance_typ", allowed: name, instance_types, min_size, max_size, labels, taints, spot, zones, disk, image (did you mean "instance_type"?)",
        "8:19 compute.cluster.node_pools[0].min_size: min_size 12 is above max_size 10",
        "10:15 compute.cluster.node_pools[1].name: another pool is named "general" already",
        "13:19 compute.cluster.node_pools[1].max_size: found "five", allowed: an integer, a value between 0 and 100000",
        "14:9 compute.cluster.node_pools[1].min_size: "min_size" is given already as "min_size" on line 12 (remove one of the two)",
        "16:25 compute.cluster.auto_scaling.scale_down_delay: "parsecs" is no unit of time (ms, s, m, h, d, w), allowed: a duration such as 30s, 10m, 1h30m or 2 days",
        "19:12 deployments[0].image: "Web" is no part of an image name (lower-case letters, digits, '.', '_', '-'), allowed: an image such as web-app:1.0 or registry.example.com/team/app@sha256:...",
        "20:15 deployments[0].replicas: found "-1", allowed: an integer, a value between 0 and 1000000",
        "21:44 deployments[0].resources.requests.memory: "1Gb" is no quantity, allowed: an amount such as 512Mi, 1Gi (2^30) or 1G (10^9)",
        "21:64 deployments[0].resources.limits.cpu: the limit is below the request",
        "22:1 contianers: unknown key "contianers", allowed: compute, containers, resources, deployments, jobs, simulation, status (did you mean "containers"?)",
      ]
    `)
  })

  it.each([
    ["a tab", "\ta: 1", "1:1"],
    ["an open bracket", "jobs: [", "1:8"],
    ["a second document", "jobs: []\n---\njobs: []", "3:1"],
    ["an alias of itself", "jobs: &a [*a]", "1:11"],
    ["an unknown tag", "jobs: !!js/function x", "1:7"],
    ["a list as a key", "? [a]\n: b", "1:3"]
  ])("%s is a problem with a place", (_, text, place) => {
    expect(problemsOf(text).map((line) => line.split(" ")[0])).toContain(place)
  })

  it("judges a rule between fields unless it depends on the wrong one", () => {
    const pool = (sizes: string) =>
      problemsOf(
        `compute: {cluster: {name: a, provider: sim, node_pools: [{name: Wrong, instance_type: m, ${sizes}}]}}`
      )
    expect(pool("min_size: 2, max_size: 1")).toHaveLength(2)
    expect(pool("min_size: x, max_size: 1")).toHaveLength(2)
    expect(pool("min_size: 1, max_size: 1")).toHaveLength(1)
  })

  it("costs little, however it multiplies", { timeout: 30_000 }, () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]", ..."bcdefghij"].map((line, index) =>
      index === 0
        ? line
        : `${line}: &${line} [${Array(10)
            .fill(`*${"abcdefghij"[index - 1]}`)
            .join(",")}]`
    )
    const told = problemsOf(bomb.join("\n"))
    expect(told).not.toEqual([])
    for (const problem of told) expect(problem).toContain("expands to more than")
    expect(problemsOf("[".repeat(100_000))).toEqual(["undefined:undefined : nested more than 64 deep"])
    expect(problemsOf(`${"[".repeat(100)}${"]".repeat(100)}`)[0]).toContain("nested more than 64 deep")
  })
})

describe("the JSON Schema", () => {
  it("has the file's keys and forbids others", () => {
    const schema = JSON.stringify(computeFileJsonSchema())
    expect(computeFileJsonSchema().$schema).toBe("https://json-schema.org/draft/2020-12/schema")
    for (const key of ["node_pools", "instance_type", "pull_policy", "run_as_non_root", "termination_grace_period"])
      expect(schema).toContain(`"${key}":`)
    for (const name of ["nodePools", "cpuMilli", "memoryBytes", "scaleDownDelayMs"]) expect(schema).not.toContain(name)
    expect(schema).toContain('"additionalProperties":false')
  })
})

it("a deployment's deadline is said in the short form as in the long one", () => {
  const { deployments } = Result.getOrThrow(
    readComputeFile("deployments: [{name: a, image: b, progress_deadline: 90s}, {name: c, image: d}]\n", "short.yaml")
  )
  expect(deployments.map(({ progressDeadlineMs }) => progressDeadlineMs)).toEqual([90_000, 600_000])
})

describe("a stream of documents", () => {
  const stream = "jobs: [{name: a, image: b}]\n---\nstatus: {anything: 1}\njobs: [{name: c, image: d}]\n"

  it("is read one by one, and what was seen asks for nothing", () => {
    const files = Result.getOrThrow(readComputeFiles(stream, "all.yaml"))
    expect(files.map(({ jobs }) => jobs.map(({ name }) => name))).toEqual([["a"], ["c"]])
  })

  it("has its mistakes told by their places in the whole", () => {
    const [problem] = Result.getOrThrow(Result.flip(readComputeFiles(`${stream}---\njob: []\n`, "all.yaml")))
    expect(problem).toMatchObject({ line: 6, column: 1, path: "job" })
  })

  it("is refused where one is meant", () => {
    const [problem] = Result.getOrThrow(Result.flip(readComputeFile(stream, "all.yaml")))
    expect(problem?.message).toBe("found another document, allowed: one")
  })
})
