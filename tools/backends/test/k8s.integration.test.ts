import { execFileSync } from "node:child_process"
import { afterAll, describe, expect, it } from "vitest"

const kubectl = (args: ReadonlyArray<string>, input?: string): string =>
  execFileSync(process.env.ORRERY_K8S_KUBECTL ?? "", args, {
    encoding: "utf8",
    ...(input === undefined ? {} : { input })
  })

const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "smoke-1", labels: { for: "smoke" }, annotations: { "kwok.x-k8s.io/node": "fake" } },
  status: { capacity: { cpu: "2", memory: "4Gi", pods: "10" }, allocatable: { cpu: "2", memory: "4Gi", pods: "10" } }
}

const job = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "smoke" },
  spec: {
    completions: 3,
    template: {
      spec: { restartPolicy: "Never", nodeSelector: { for: "smoke" }, containers: [{ name: "it", image: "busybox:1" }] }
    }
  }
}

describe("the Kubernetes server is a whole control plane", () => {
  afterAll(() => kubectl(["delete", "job/smoke", "node/smoke-1", "--ignore-not-found"]))

  it("schedules a job onto a kwok node and sees it through", () => {
    kubectl(["apply", "-f", "-"], JSON.stringify(node))
    kubectl(["apply", "-f", "-"], JSON.stringify(job))
    kubectl(["wait", "--for=condition=Complete", "--timeout=120s", "job/smoke"])
    expect(kubectl(["get", "job/smoke", "-o", "jsonpath={.status.succeeded}"])).toBe("3")
  })

  it("says which version it is", () => {
    expect(kubectl(["version", "-o", "json"])).toContain('"gitVersion": "v1.36.3"')
  })
})
