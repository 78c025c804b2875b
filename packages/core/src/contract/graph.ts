/** A stage in the graph of a run. */
export interface GraphNode {
  /** Where the stage was built, as `file:line:column`; null where that is not known. */
  readonly site: string | null
  readonly id: string
  readonly name: string
  readonly kind: 'source' | 'operator' | 'sink'
  readonly position: number
  /** The stage whose task pulls this one: stages with the same driver are fused. */
  readonly driver: string
}

/** Which stage hands its values to which. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
}

/** What `run.graph()` answers: the stages of a run and how values go between them. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}
