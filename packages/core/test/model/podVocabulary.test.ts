import { expect, it } from "vitest"
import { build, readComputeFile, requestOf } from "../../src/index.ts"

const { Container, Deployment, Job } = build

const read = (text: string) => readComputeFile(text, "some.yaml")
const problemsIn = (text: string) => {
  const found = read(text)
  return found._tag === "Failure" ? found.failure.map(({ line, message, path }) => [path, line, message]) : []
}

it("the words of a pod are written in a file as people know them, and read back as built", () => {
  const file = read(`
deployments:
  - name: web
    selector: { match_labels: { app: web } }
    template:
      labels: { app: web }
      spec:
        containers:
          - name: web
            image: web:1
            security_context: { run_as_user: 1000, run_as_non_root: true, capabilities: { drop: [ALL] }, seccomp: RuntimeDefault }
        sidecars: [{ name: proxy, image: "proxy:1" }]
        topology_spread:
          - { topology_key: topology.kubernetes.io/zone, label_selector: { match_labels: { app: web } } }
`)
  const web = Container.new("web")
    .withImage("web:1")
    .withSecurityContext({
      runAsUser: 1000,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccomp: "RuntimeDefault"
    })
  const built = Deployment.new("web")
    .withContainer(web)
    .withSidecar(Container.new("proxy").withImage("proxy:1"))
    .withTopologySpread("topology.kubernetes.io/zone")
  expect(file._tag === "Success" && file.success.deployments).toEqual([JSON.parse(JSON.stringify(built))])
})

it("what cannot be is said with its place", () => {
  expect(
    problemsIn(`
jobs:
  - name: a
    after: [a]
    image: "a:1"
deployments:
  - name: web
    selector: { match_labels: { app: web } }
    template:
      labels: { app: web }
      spec:
        containers:
          - { name: web, image: "web:1", security_context: { run_as_user: 0, run_as_non_root: true } }
          - { name: two, image: "web:1", security_context: { privileged: true, allow_privilege_escalation: false } }
`).map(([path, line]) => [path, line])
  ).toEqual([
    ["jobs[0].after[0]", 4],
    ["deployments[0].template.spec.containers[0].security_context.run_as_user", 13],
    ["deployments[0].template.spec.containers[1].security_context.allow_privilege_escalation", 14]
  ])
})

it("sidecars ask beside the containers, and beside each init container", () => {
  const asks = (name: string, cpuMilli: string) =>
    Container.new(name).withImage("a:1").withResources({ requests: { cpuMilli } })
  const { spec } = Deployment.new("web").withContainer(asks("web", "1")).withSidecar(asks("proxy", "500m")).template
  expect(requestOf(spec).cpuMilli).toBe(1_500)
  expect(requestOf({ ...spec, initContainers: [asks("first", "3")] }).cpuMilli).toBe(3_500)
})

it("a job that waits for others, and is forgotten in time, is built as it is written", () => {
  const file = read("jobs: [{ name: b, image: 'b:1', after: [a], ttl_after_end: 1h }]")
  const built = Job.new("b").withContainer(Container.new("b").withImage("b:1")).withAfter("a").withTtlAfterEnd("1h")
  expect(file._tag === "Success" && file.success.jobs).toEqual([JSON.parse(JSON.stringify(built))])
})
