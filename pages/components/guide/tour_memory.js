// Has the browser remember for a year that it has had the tour.
export default function ({ data }) {
  document.cookie = `${data.name}=${data.value}; max-age=31536000; path=/; SameSite=Strict`;
}
