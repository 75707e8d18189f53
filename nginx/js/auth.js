// Who is asking: the name beside the digest of the key that was sent, "" for a key nobody has.
//
// Only digests are kept and compared, so how long a comparison takes tells nothing about a key.
//
// The keys' file counts as it is now, without a reload. Where njs has memory that the workers share, it is read
// once a second if it changed (`follow`), and at once for a key that isn't known yet; in older releases, which
// keep nothing from one request to the next, it is read at every request.

import fs from 'fs';
import crypto from 'crypto';

const BEARER = /^Bearer +(\S+)$/i;
const CHANGED = '#changed';
const END = '# end';

function tenant(r) {
    return nameOf(r, 'api_keys', r.variables.api_keys_file);
}

function administrator(r) {
    return nameOf(r, 'admin_keys', r.variables.admin_keys_file);
}

// Status with which the administrators' listener refuses, "" for an administrator.
function adminRefusal(r) {
    if (r.variables.administrator) {
        return '';
    }
    return r.variables.api_keys_file && r.variables.tenant ? '403' : '401';
}

// Anthropic's clients send the key in a header of its own.
function sentKey(r) {
    const bearer = BEARER.exec(r.headersIn.Authorization || '');
    return bearer ? bearer[1] : r.headersIn['X-Api-Key'] || '';
}

function nameOf(r, table, file) {
    const key = sentKey(r);
    if (!key) {
        return '';
    }
    const digest = crypto.createHash('sha256').update(key).digest('hex');
    const known = ngx.shared && ngx.shared[table];
    if (!known) {
        return entries(file)[digest] || '';
    }
    return known.get(digest) || (renewed(known, file) && known.get(digest)) || '';
}

// The whole table; null while the file is being rewritten.
function entries(file) {
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const end = lines.indexOf(END);
    if (end < 0) {
        return null;
    }
    const found = {};
    lines.slice(0, end).forEach((line) => {
        const parts = line.split(':');
        found[parts[2]] = parts[0];
    });
    return found;
}

// Whether the table was read anew. New keys come in before old ones go: no valid key is ever without an answer.
function renewed(known, file) {
    const stat = fs.statSync(file);
    const changed = `${stat.mtimeMs}:${stat.size}`;
    if (known.get(CHANGED) === changed) {
        return false;
    }
    const found = entries(file);
    if (!found) {
        return false;
    }
    Object.keys(found).forEach((digest) => known.set(digest, found[digest]));
    known.keys(known.size()).filter((digest) => digest !== CHANGED && !(digest in found))
        .forEach((digest) => known.delete(digest));
    known.set(CHANGED, changed);
    return true;
}

function follow(session, table, file) {
    try {
        renewed(ngx.shared[table], file);
    } catch (error) {
        ngx.log(ngx.ERR, `${file} can't be read, the keys known before still count: ${error.message}`);
    }
}

function followApiKeys(session) {
    follow(session, 'api_keys', session.variables.api_keys_file);
}

function followAdminKeys(session) {
    follow(session, 'admin_keys', session.variables.admin_keys_file);
}

export default {tenant, administrator, adminRefusal, followApiKeys, followAdminKeys};
