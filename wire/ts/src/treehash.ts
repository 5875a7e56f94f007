// The hash of a document's tree (PROTOCOL.md §4.1): both sides walk what they have and compare.

/** Feed it in preorder; `count` is the number of nodes. */
export class TreeHash {
  private h = 2166136261;
  count = 0;

  get value(): number {
    return this.h >>> 0;
  }

  private word(n: number): void {
    this.h = Math.imul(this.h ^ n, 16777619);
  }

  element(id: number): void {
    this.node(1, id);
  }

  text(id: number, length: number): void {
    this.node(2, id);
    this.word(length);
  }

  shadow(id: number): void {
    this.node(3, id);
  }

  document(id: number): void {
    this.node(4, id);
  }

  doctype(id: number): void {
    this.node(5, id);
  }

  /** After the children of an element, shadow root or document. */
  end(): void {
    this.word(0);
  }

  private node(kind: number, id: number): void {
    this.count++;
    this.word(kind);
    this.word(id);
  }
}
