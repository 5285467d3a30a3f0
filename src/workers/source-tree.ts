// What a gesture handed over, as the tree that readers see.

import { blobFile, FileTree, type SourceFile } from '../sources/file-tree';
import { listDirectory } from './list-directory';
import type { FilesInput } from './protocol';

/** Every gesture's input as one tree whose files count what is read of them. */
export async function treeOf(input: FilesInput, onBytes: (bytes: number) => void): Promise<FileTree> {
  if (input.kind === 'files')
    return new FileTree({
      name: input.name,
      files: input.files.map(({ path, file }) => counted(blobFile(path, file), onBytes)),
    });
  const listed = await listDirectory(input.handle);
  return new FileTree({
    name: input.name,
    ...listed,
    files: listed.files.map((file) => counted(file, onBytes)),
  });
}

const counted = (file: SourceFile, onBytes: (bytes: number) => void): SourceFile => ({
  path: file.path,
  sizeBytes: file.sizeBytes,
  async text() {
    const text = await file.text();
    onBytes(file.sizeBytes);
    return text;
  },
  async *stream() {
    for await (const chunk of file.stream()) {
      onBytes(chunk.byteLength);
      yield chunk;
    }
  },
});
