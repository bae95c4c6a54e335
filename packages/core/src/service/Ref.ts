/** Names a deployment or a job; the namespace is `default` where it is left out. */
export interface Ref {
  readonly name: string
  readonly namespace?: string
}
