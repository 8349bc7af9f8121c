// Loads the page again when the preview has something newer. The page works without it.
const events = new EventSource("/_/events");
let shown = null;
events.addEventListener("round", (event) => {
  if (shown !== null && shown !== event.data) location.reload();
  shown = event.data;
});
