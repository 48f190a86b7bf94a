"""Addresses of cases over titles, at the authorities and at the holder."""

from __future__ import annotations

from django.urls import path

from workflows.views.matters import beginning, deliveries, desk, filing, pages, remedies

CASE = "matters/<str:number>/"
OWN = "my/matters/<str:number>/"

urlpatterns = [
    path("orders/", desk.orders, name="orders"),
    path("orders/titles/", desk.orders_titles, name="orders_titles"),
    path("orders/titles/<str:number>/new/", desk.orders_new, name="orders_new"),
    path("orders/letters/<str:number>/remedy/", remedies.remedy_new, name="remedy_new"),
    path("orders/letters/unserved/", deliveries.letters_unserved, name="letters_unserved"),
    path("orders/letters/<str:number>/delivery/", deliveries.letter_delivery, name="letter_delivery"),
    path(CASE, pages.matter, name="matter"),
    path(f"{CASE}acts/<str:verb>/", pages.matter_act, name="matter_act"),
    path(f"{CASE}recipients/", pages.matter_recipients, name="matter_recipients"),
    path(f"{CASE}documents/drop/", pages.matter_drop_document, name="matter_drop_document"),
    path(f"{CASE}documents/<int:pk>/", pages.matter_document, name="matter_document"),
    path(f"{CASE}letters/<str:letter_number>/", pages.matter_letter, name="matter_letter"),
    path(OWN, pages.my_matter, name="my_matter"),
    path(f"{OWN}acts/<str:verb>/", pages.my_matter_act, name="my_matter_act"),
    path(f"{OWN}redo/", filing.my_redo, name="my_redo"),
    path(f"{OWN}documents/drop/", pages.my_matter_drop_document, name="my_matter_drop_document"),
    path(f"{OWN}documents/<int:pk>/", pages.my_matter_document, name="my_matter_document"),
    path(f"{OWN}letters/<str:letter_number>/", pages.my_matter_letter, name="my_matter_letter"),
    path("my/letters/<str:number>/reconsideration/", filing.my_reconsideration, name="my_reconsideration"),
    path("my/titles/<str:number>/cancellation/", desk.my_cancellation, name="my_cancellation"),
    path("my/changes/<str:uscc>/", beginning.my_changes, name="my_changes"),
    path("my/changes/<str:uscc>/<str:kind>/", beginning.my_change_new, name="my_change_new"),
]
