/** What a node says that it has, where nothing else is said. */
const usual = { cpu: "8", memory: "16Gi", pods: "100", "nvidia.com/gpu": "2" }

/** A node that kwok keeps ready and that runs nothing. */
export const fakeNode = (
  name: string,
  labels: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {}
) => {
  const size = { ...usual, ...more }
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, ...labels },
      annotations: { "kwok.x-k8s.io/node": "fake" }
    },
    status: { capacity: size, allocatable: size }
  }
}
