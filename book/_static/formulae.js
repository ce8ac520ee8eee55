/* MathJax has a menu on each formula. Some of its entries (another renderer, speech, folding) ask for
   parts that this site does not carry, and some of which no browser reads from a file; a formula that
   waits for them is never set. They stand above those that are kept, and are hidden. Nor does a choice
   count that was made on another site of the same host: MathJax remembers all of them in one place,
   and here in a place of the book's own. */
const FIRST_KEPT = { Settings: "ZoomTrigger", Accessibility: "InTabOrder" };

function trim(menu) {
  for (const [name, kept] of Object.entries(FIRST_KEPT)) {
    const { items } = menu.findID(name).submenu;
    items.slice(0, items.findIndex((item) => item.id === kept)).forEach((item) => item.hide());
  }
  menu.findID("Language").hide();
}

if (window.MathJax) {
  MathJax.startup = {
    ready() {
      MathJax._.ui.menu.Menu.Menu.MENU_STORAGE = "sharp-minima-flat-minima-formulae";
      MathJax.startup.defaultReady();
      trim(MathJax.startup.document.menu.menu);
    },
  };
}
