/** Names a deployment or a job; left out, the namespace is the connection's own. */
export interface Ref {
  readonly name: string
  readonly namespace?: string
}
