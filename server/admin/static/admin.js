// The pages of those who keep the hall running: printers and boards, each at its own address.

import { staffPage } from "/static/staff.js";
import { boardsView } from "/admin/static/boards.js";
import { printersView } from "/admin/static/printers.js";

const VIEWS = { "/admin/printers": printersView, "/admin/boards": boardsView };
const here = location.pathname;

staffPage({ here, product: "admin.product", hint: "admin.login_hint", view: VIEWS[here] });
