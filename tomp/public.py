"""Pages that anybody reads, and nobody writes to."""

from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

only_read = method_decorator(csrf_exempt, name="dispatch")  # what is no reading is 405, not 403 for want of a cookie
