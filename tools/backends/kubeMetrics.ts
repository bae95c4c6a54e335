import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePorts } from "./freePorts.ts"
import { metricsBinary } from "./kubeBinaries.ts"
import { livePid, logTail, startProcess } from "./Process.ts"
import { outcome, run } from "./run.ts"
import { waitFor } from "./waitFor.ts"

/** The service leads out of the cluster to the loopback: there are no service addresses here. */
const registration = (port: number): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "metrics-server", namespace: "kube-system" },
        spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] }
      },
      {
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: { name: "v1beta1.metrics.k8s.io" },
        spec: {
          service: { name: "metrics-server", namespace: "kube-system", port },
          group: "metrics.k8s.io",
          version: "v1beta1",
          insecureSkipTLSVerify: true,
          groupPriorityMinimum: 100,
          versionPriority: 100
        }
      }
    ]
  })

const metricsArgs = (state: string, port: number): ReadonlyArray<string> => {
  const kubeconfig = `${state}/metrics.kubeconfig`
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${state}/metrics`,
    `--kubelet-client-certificate=${state}/pki/kubelet-client.crt`,
    `--kubelet-client-key=${state}/pki/kubelet-client.key`,
    "--kubelet-insecure-tls",
    "--kubelet-use-node-status-port",
    "--kubelet-preferred-address-types=InternalIP",
    "--kubelet-request-timeout=5s",
    "--metric-resolution=10s"
  ]
}

/** What is wrong with it, or nothing. It has measured nothing yet when it begins to answer. */
const metricsHealth = async (state: string, kubectl: string): Promise<string | undefined> => {
  if (livePid(state, "metrics-server") === undefined) return `not running\n${logTail(state, "metrics-server")}`
  const asked = await outcome([kubectl, "--request-timeout", "3s", "get", "--raw", "/apis/metrics.k8s.io/v1beta1"])
  return asked.code === 0 ? undefined : "waiting for its API"
}

/** Starts the metrics server and makes its API one of the cluster's. */
export const startMetrics = async (state: string, kubectl: string): Promise<void> => {
  const [port = 0] = await freePorts(1)
  startProcess(state, "metrics-server", [join(metricsBinary().dir, "metrics-server"), ...metricsArgs(state, port)])
  const file = join(state, "metrics.json")
  writeFileSync(file, registration(port))
  await run([kubectl, "apply", "--server-side", "-f", file])
  await waitFor("k8s: metrics server", 60_000, () => metricsHealth(state, kubectl))
}
