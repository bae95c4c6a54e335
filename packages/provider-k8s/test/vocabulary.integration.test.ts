import { assert, layer } from "@effect/vitest"
import { ContainerManager } from "@orrery/core"
import { Effect } from "effect"
import { applyAs, deployment, server } from "./server.ts"

const probe = {
  http: { path: "/health", port: 8080 },
  initialDelayMs: "5s",
  periodMs: "7s",
  timeoutMs: "2s",
  failureThreshold: 4
}
const term = { topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels: { app: "rich" } } }

/** Every word of the vocabulary for containers, once. */
const rich = deployment("rich", "any", {
  namespace: "vocabulary",
  replicas: 0,
  strategy: { type: "RollingUpdate", maxSurge: "2", maxUnavailable: "10%" },
  progressDeadlineMs: "5m",
  template: {
    labels: { app: "rich", tier: "back" },
    annotations: { "example.com/note": "a 'quoted' note\nof two lines" },
    spec: {
      initContainers: [{ name: "first", image: "busybox:1", command: ["true"] }],
      containers: [
        {
          name: "main",
          image: "registry.example.com:5000/team/service:1.2.3",
          command: ["serve"],
          args: ["--price", "$(5)", "$$"],
          workingDir: "/work",
          ports: [
            { name: "http", containerPort: 8080 },
            { name: "dns", containerPort: 53, protocol: "UDP" }
          ],
          resources: {
            requests: { cpuMilli: "0.5", memoryBytes: "512Mi", gpuMilli: "1" },
            limits: { cpuMilli: "1", memoryBytes: "1Gi", gpuMilli: "1" }
          },
          healthCheck: {
            liveness: probe,
            readiness: { ...probe, http: { port: 8080 } },
            startup: { tcp: { port: 8080 }, failureThreshold: 30 }
          },
          environment: [
            { name: "PLAIN", value: "ünï 'quoted' \"value\"\n$(HOME)" },
            { name: "SECRET", secret: { name: "tokens", key: "main" } }
          ],
          mounts: [
            { name: "settings", path: "/settings", readOnly: true },
            { name: "keys", path: "/keys", readOnly: true },
            { name: "data", path: "/data" },
            { name: "cache", path: "/cache" },
            { name: "node", path: "/node", readOnly: true }
          ],
          pullPolicy: "Always",
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            runAsGroup: 1000,
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            privileged: false,
            capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
            seccomp: "RuntimeDefault"
          }
        },
        { name: "beside", image: "busybox:1", healthCheck: { liveness: { exec: { command: ["true"] } } } },
        { name: "calls", image: "busybox:1", healthCheck: { readiness: { grpc: { port: 9000, service: "health" } } } }
      ],
      sidecars: [
        { name: "proxy", image: "busybox:1", healthCheck: { startup: { exec: { command: ["true"] } } } },
        { name: "logger", image: "busybox:1" }
      ],
      securityContext: { fsGroup: 2000 },
      topologySpread: [
        { topologyKey: "topology.kubernetes.io/zone", labelSelector: term.labelSelector },
        {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: term.labelSelector,
          maxSkew: 3,
          whenUnsatisfiable: "ScheduleAnyway"
        }
      ],
      volumes: [
        { name: "settings", configMap: "settings" },
        { name: "keys", secret: "keys" },
        { name: "data", claim: "data" },
        { name: "cache", emptyDir: { memory: true, sizeBytes: "64Mi" } },
        { name: "node", hostPath: "/etc" }
      ],
      nodeSelector: { disk: "ssd" },
      affinity: {
        nodeAffinity: {
          required: [{ matchExpressions: [{ key: "gen", operator: "Gt", values: ["3"] }] }],
          preferred: [{ weight: 10, term: { matchExpressions: [{ key: "gpu", operator: "Exists" }] } }]
        },
        podAffinity: { preferred: [{ weight: 5, term }] },
        podAntiAffinity: { required: [term] }
      },
      tolerations: [{ key: "spot", operator: "Exists", effect: "NoExecute", tolerationMs: "30s" }],
      serviceAccount: "runner",
      terminationGraceMs: "45s"
    }
  }
})

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("the vocabulary on a real API server", (it) => {
  it.effect(
    "every word of a deployment is stored, and read back as it was written [R43 R44 R45 R46 R47 R48 R49 R50 R51 R52 R53 R54 R55 R56 R57 R58 R59 R60 R61 R62 R63 R64 R65 R66 R67 R68 R69 R70 R71 R72 R73 R74 R75 R76 R77 R144]",
    () =>
      Effect.gen(function* () {
        const containers = yield* ContainerManager
        yield* applyAs("test", "/api/v1/namespaces/vocabulary", {
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: "vocabulary" }
        })
        const ref = { name: "rich", namespace: "vocabulary" }
        yield* containers.createDeployment(rich)
        assert.deepStrictEqual((yield* containers.getDeployment(ref)).spec, rich)
        // said again it is the same, down to the last field
        const again = yield* containers.createDeployment(rich)
        assert.deepStrictEqual(again.spec, rich)
        assert.strictEqual((yield* containers.getDeployment(ref)).revision, 1)
        yield* containers.deleteDeployment(ref)
      })
  )
})
