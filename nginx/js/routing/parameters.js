// What stands beside the messages in a body: a key the client gave, a system prompt, tools.
//
// Only short stretches are searched, in front of the messages and behind them: clients write parameters there. A client
// that hides one in the middle of something long is placed by its messages instead. Made when it is called for: see
// route.js.

function makeParameters(json) {
    const STRETCH = 2048;
    // Longer tools hide what stands before them.
    const WINDOW = 65536;
    const SHORTEST = 10;
    const LONGEST_KEY = 256;
    const BRACE_END = 125;

    // {kind, key, system, size}: `size` is how many bytes `system` stands for.
    function read(body, messages) {
        const given = {kind: '', key: '', system: '', size: 0};
        search(given, body, 1, Math.min(messages, STRETCH));
        const text = body.length > WINDOW ? body.subarray(body.length - WINDOW) : body;
        const end = text.lastIndexOf('}]');
        search(given, text, Math.max(end + 2, text.length - STRETCH), text.length);
        // A list that ends in two braces are the tools; they stand in the model's prompt before everything else.
        if (end > 0 && text[end - 1] === BRACE_END) {
            beforeTools(given, text, end);
        }
        return given;
    }

    function beforeTools(given, text, end) {
        const tools = text.lastIndexOf('"tools"', end);
        if (tools >= 0) {
            given.system += json.sample(text, tools, end);
            given.size += end - tools;
            search(given, text, Math.max(text.lastIndexOf('}]', tools) + 2, tools - STRETCH), tools);
        }
    }

    function search(given, text, from, to) {
        if (to - from >= SHORTEST) {
            const part = text.subarray(from, to);
            key(given, part, '"prompt_cache_key"', 'cache_key');
            key(given, part, '"user"', 'user');
            system(given, part, '"instructions"');
            system(given, part, '"system"');
        }
    }

    function key(given, part, name, kind) {
        const at = given.key ? -1 : json.value(part, name, 0);
        if (at >= 0 && part[at] === json.QUOTE) {
            const end = json.stringEnd(part, at + 1);
            given.key = part.toString('utf8', at + 1, Math.min(end < 0 ? part.length : end, at + LONGEST_KEY));
            given.kind = kind;
        }
    }

    function system(given, part, name) {
        const at = json.value(part, name, 0);
        if (at >= 0) {
            const end = part[at] === json.QUOTE ? json.stringEnd(part, at + 1) : -1;
            given.system += json.sample(part, at, end < 0 ? part.length : end);
            given.size += (end < 0 ? part.length : end) - at;
        }
    }

    return {read};
}

export default makeParameters;
