/** The ports of one control plane. */
export interface Ports {
  readonly api: number
  readonly etcd: number
  readonly peer: number
  readonly scheduler: number
  readonly controllers: number
  readonly kwok: number
}

const flags = (values: Readonly<Record<string, string | number | boolean>>): ReadonlyArray<string> =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`)

const local = (port: number): string => `http://127.0.0.1:${port}`

/** etcd, which may forget when the machine dies: tests are over then. */
export const etcdArgs = (state: string, ports: Ports): ReadonlyArray<string> =>
  flags({
    "data-dir": `${state}/etcd`,
    "unsafe-no-fsync": true,
    "log-level": "warn",
    "listen-client-urls": local(ports.etcd),
    "advertise-client-urls": local(ports.etcd),
    "listen-peer-urls": local(ports.peer),
    "initial-advertise-peer-urls": local(ports.peer),
    "initial-cluster": `default=${local(ports.peer)}`
  })

/** The API server, with users by token. */
export const apiServerArgs = (state: string, ports: Ports): ReadonlyArray<string> =>
  flags({
    "etcd-servers": local(ports.etcd),
    "bind-address": "127.0.0.1",
    "secure-port": ports.api,
    "endpoint-reconciler-type": "none",
    "service-cluster-ip-range": "10.96.0.0/16",
    "tls-cert-file": `${state}/pki/server.crt`,
    "tls-private-key-file": `${state}/pki/server.key`,
    "client-ca-file": `${state}/pki/ca.crt`,
    "kubelet-client-certificate": `${state}/pki/kubelet-client.crt`,
    "kubelet-client-key": `${state}/pki/kubelet-client.key`,
    "kubelet-preferred-address-types": "InternalIP",
    "proxy-client-cert-file": `${state}/pki/front-proxy.crt`,
    "proxy-client-key-file": `${state}/pki/front-proxy.key`,
    "requestheader-client-ca-file": `${state}/pki/ca.crt`,
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": `${state}/pki/sa.pub`,
    "service-account-signing-key-file": `${state}/pki/sa.key`,
    "token-auth-file": `${state}/tokens.csv`,
    "authorization-mode": "Node,RBAC",
    "allow-privileged": true,
    // Tests ask in bursts, and all of them are the same user.
    "enable-priority-and-fairness": false
  })

/** The controller manager. */
export const controllerArgs = (state: string, ports: Ports): ReadonlyArray<string> =>
  flags({
    kubeconfig: `${state}/controllers.kubeconfig`,
    "leader-elect": false,
    "bind-address": "127.0.0.1",
    "secure-port": ports.controllers,
    "use-service-account-credentials": true,
    "root-ca-file": `${state}/pki/ca.crt`,
    "service-account-private-key-file": `${state}/pki/sa.key`,
    "cluster-signing-cert-file": `${state}/pki/ca.crt`,
    "cluster-signing-key-file": `${state}/pki/ca.key`,
    "kube-api-qps": 500,
    "kube-api-burst": 1000
  })

/** The scheduler's configuration. Its client's default limit of 50 requests a second would be its speed. */
export const schedulerConfig = (state: string): string => `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection: {leaderElect: false}
clientConnection: {kubeconfig: "${state}/scheduler.kubeconfig", qps: 5000, burst: 5000}
`

/** The scheduler's own arguments. */
export const schedulerArgs = (state: string, ports: Ports): ReadonlyArray<string> =>
  flags({
    config: `${state}/scheduler.yaml`,
    "bind-address": "127.0.0.1",
    "secure-port": ports.scheduler,
    "authentication-kubeconfig": `${state}/scheduler.kubeconfig`,
    "authorization-kubeconfig": `${state}/scheduler.kubeconfig`
  })

const kwokKinds =
  "Attach,ClusterAttach,Exec,ClusterExec,Logs,ClusterLogs,PortForward,ClusterPortForward,Metric,ResourceUsage,ClusterResourceUsage"

/** kwok, for the nodes that carry its annotation. */
export const kwokArgs = (state: string, ports: Ports, stages: string): ReadonlyArray<string> =>
  flags({
    kubeconfig: `${state}/kwok.kubeconfig`,
    "manage-nodes-with-annotation-selector": "kwok.x-k8s.io/node=fake",
    "server-address": `127.0.0.1:${ports.kwok}`,
    "node-ip": "127.0.0.1",
    "node-port": ports.kwok,
    "tls-cert-file": `${state}/pki/server.crt`,
    "tls-private-key-file": `${state}/pki/server.key`,
    config: stages,
    "node-lease-duration-seconds": 40,
    "enable-crds": kwokKinds
  })
