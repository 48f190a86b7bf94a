"""What other parts of the product may listen to."""

from django.dispatch import Signal

#: Sent after the commit that issued a certificate, with `certificate`.
#: A crash may swallow it, so who depends on it polls the selector `newly_issued` as well.
certificate_issued = Signal()
