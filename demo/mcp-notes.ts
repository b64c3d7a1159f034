/** The MCP server's content: notes in memory, and three tools that read, add and delete them. */
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server';

/** One note. */
export interface Note {
  id: number;
  text: string;
}

/** The notes, and a factory of server objects: one serves one request, or one event stream. */
export interface Notes {
  readonly list: readonly Note[];
  server(): McpServer;
}

/** Scopes that the tools need by default; `*` stands for every other request. */
export const NOTE_SCOPES = {
  '*': 'notes:read',
  'tools/call:add_note': 'notes:write',
  'tools/call:delete_note': 'notes:delete',
} as const;

/** A fresh notebook with two notes in it. */
export function createNotes(): Notes {
  const list: Note[] = [
    { id: 1, text: 'Buy oat milk' },
    { id: 2, text: 'Water the ferns on Friday' },
  ];
  let lastId = 2;
  const shown = (text: string) => ({
    content: [{ type: 'text' as const, text }],
    structuredContent: { notes: list },
  });

  function server(): McpServer {
    const mcp = new McpServer({ name: 'notes', version: '1.0.0' });
    mcp.registerTool('read_notes', { description: 'Lists all notes.' }, () =>
      shown(list.map((note) => `${note.id}. ${note.text}`).join('\n')),
    );
    mcp.registerTool(
      'add_note',
      { description: 'Adds a note.', inputSchema: noteText },
      ({ text }) => {
        list.push({ id: ++lastId, text });
        return shown(`Added note ${lastId}.`);
      },
    );
    mcp.registerTool(
      'delete_note',
      { description: 'Deletes a note.', inputSchema: noteId },
      ({ id }) => {
        const at = list.findIndex((note) => note.id === id);
        if (at === -1) return { ...shown(`There is no note ${id}.`), isError: true };
        list.splice(at, 1);
        return shown(`Deleted note ${id}.`);
      },
    );
    return mcp;
  }
  return { list, server };
}

const noteText = fromJsonSchema<{ text: string }>({
  type: 'object',
  properties: { text: { type: 'string', minLength: 1, maxLength: 200 } },
  required: ['text'],
});

const noteId = fromJsonSchema<{ id: number }>({
  type: 'object',
  properties: { id: { type: 'integer' } },
  required: ['id'],
});
